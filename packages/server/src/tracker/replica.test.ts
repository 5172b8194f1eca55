import { describe, expect, it } from "vitest";
import { nameOf, refOf, Replicas } from "./replica.ts";

const DOWN = 10;
const PERMDOWN = 100;
const [v1, v2] = [refOf("a", 1), refOf("a", 2)];
const heardOf = (ref: string, now = 0): Replicas => {
  const replicas = new Replicas(DOWN, PERMDOWN);
  replicas.heard(ref, now);
  return replicas;
};

it("a ref tells the node's name, whatever it is", () => {
  expect(nameOf(refOf("web@host@1", 5))).toBe("web@host@1");
  expect(nameOf(refOf("", 5))).toBe("");
  expect(refOf("a", 1)).not.toBe(refOf("a", 2));
});

describe("a heartbeat", () => {
  it("brings one that was never heard", () => {
    const replicas = new Replicas(DOWN, PERMDOWN);
    expect(replicas.heard(v1, 0)).toEqual([{ ref: v1, is: "up" }]);
    expect(replicas.names).toEqual(["a"]);
  });

  it("of one that is up changes nothing, and keeps it up", () => {
    const replicas = heardOf(v1);
    expect(replicas.heard(v1, 8)).toEqual([]);
    expect(replicas.check(18)).toEqual([]);
  });

  it("brings one back that was down", () => {
    const replicas = heardOf(v1);
    expect(replicas.check(11)).toEqual([{ ref: v1, is: "down" }]);
    expect(replicas.names).toEqual([]);
    expect(replicas.heard(v1, 12)).toEqual([{ ref: v1, is: "up" }]);
  });

  it("of a node that was started again ends what it was before", () => {
    expect(heardOf(v1).heard(v2, 1)).toEqual([
      { ref: v1, is: "down" },
      { ref: v1, is: "gone" },
      { ref: v2, is: "up" },
    ]);
    const replicas = heardOf(v1);
    replicas.check(11);
    expect(replicas.heard(v2, 12)).toEqual([
      { ref: v1, is: "gone" },
      { ref: v2, is: "up" },
    ]);
  });

  it("that comes late does not bring back what a node was before", () => {
    expect(heardOf(v2).heard(v1, 1)).toBeUndefined();
  });

  it("is taken from a node whose clock was set back, as soon as it is missed", () => {
    const replicas = heardOf(v2);
    replicas.check(11);
    expect(replicas.heard(v1, 12)).toEqual([
      { ref: v2, is: "gone" },
      { ref: v1, is: "up" },
    ]);
  });
});

describe("silence", () => {
  it("beyond the down period is down, once", () => {
    const replicas = heardOf(v1);
    expect(replicas.check(10)).toEqual([]);
    expect(replicas.check(11)).toEqual([{ ref: v1, is: "down" }]);
    expect(replicas.check(12)).toEqual([]);
  });

  it("beyond the permdown period is the end", () => {
    const replicas = heardOf(v1);
    replicas.check(11);
    expect(replicas.check(100)).toEqual([]);
    expect(replicas.check(101)).toEqual([{ ref: v1, is: "gone" }]);
    expect(replicas.check(102)).toEqual([]);
    expect(replicas.heard(v1, 103)).toEqual([{ ref: v1, is: "up" }]);
  });

  it("noticed that late is down and the end", () => {
    expect(heardOf(v1).check(101)).toEqual([
      { ref: v1, is: "down" },
      { ref: v1, is: "gone" },
    ]);
  });

  it("in a time in which this node did not run is excused", () => {
    const replicas = heardOf(v1);
    replicas.excuse(1_000, 1_005);
    expect(replicas.check(1_005)).toEqual([]);
    replicas.excuse(1_000, 1_006);
    expect(replicas.check(1_017)).toEqual(
      [
        { ref: v1, is: "down" },
        { ref: v1, is: "gone" },
      ].slice(0, 1),
    );
  });
});

describe("a node that leaves", () => {
  it("is gone at once", () => {
    const replicas = heardOf(v1);
    expect(replicas.left(v1, 1)).toEqual([
      { ref: v1, is: "down" },
      { ref: v1, is: "gone" },
    ]);
    expect(replicas.names).toEqual([]);
    expect(replicas.left(v1, 1)).toEqual([]);
    expect(replicas.left(v2, 1)).toEqual([]);
    expect(replicas.check(5)).toEqual([]);
  });

  it("is not brought back by a late heartbeat, but by a new start", () => {
    const replicas = heardOf(v1);
    replicas.left(v1, 1);
    expect(replicas.heard(v1, 2)).toBeUndefined();
    expect(replicas.heard(v2, 3)).toEqual([{ ref: v2, is: "up" }]);
  });

  it("is forgotten after a while", () => {
    const replicas = heardOf(v1);
    replicas.left(v1, 1);
    replicas.check(12);
    expect(replicas.heard(v1, 13)).toEqual([{ ref: v1, is: "up" }]);
  });
});
