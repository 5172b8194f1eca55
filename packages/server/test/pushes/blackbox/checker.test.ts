/** The judge of the black box, on stories that were made up: good ones, and each kind of bad one. */
import { describe, expect, it } from "vitest";
import type { Line } from "../../recovery/history.ts";
import { check } from "./checker.ts";
import type { Happened, Policy } from "./story.ts";

let t = 0;
const by = (proc: string, happened: Happened): Line<Happened> => ({ t: ++t, proc, ...happened });

const call = (index: number, policy: Policy = "refuse", line = "a/1") =>
  by("clients", { op: "call", id: `${line}/${index}`, line, index, policy });
const start = (index: number, { node = "n1", attempt = 1, key = `key:${index}`, line = "a/1" } = {}) =>
  by(node, { op: "start", id: `${line}/${index}`, key, attempt });
const done = (index: number, { node = "n1", attempt = 1, reply = `reply ${index}` as unknown, isLarge = false } = {}) =>
  by(node, { op: "done", id: `a/1/${index}`, attempt, reply, isLarge });
const answer = (index: number, reply: unknown = `reply ${index}`, state?: string) =>
  by("clients", { op: "answer", id: `a/1/${index}`, reply, ...(state === undefined ? {} : { state }) });
const settled = (index: number, how: "reply" | "expired" | "unknown" | "given up" | "failed" = "reply") =>
  by("clients", { op: "settled", id: `a/1/${index}`, how, ...(how === "reply" ? { reply: `reply ${index}` } : {}) });
const gone = (node: string) => by("campaign", { op: "gone", node });

const kinds = (...story: Line<Happened>[]): string[] => check(story).violations.map(({ kind }) => kind);

describe("the judge of numbered pushes finds nothing wrong with", () => {
  it("pushes that are handled in order, and asked for again", () => {
    expect(
      kinds(
        ...[call(1), call(2), start(1), done(1), start(2), done(2)],
        ...[answer(1), answer(1), settled(1), answer(2), settled(2)],
      ),
    ).toEqual([]);
  });

  it("a handler that was cut off, of which its client is told", () => {
    expect(kinds(call(1), start(1), gone("n1"), settled(1, "unknown"))).toEqual([]);
    // Its reply was not stored.
    expect(kinds(call(1), start(1), done(1), gone("n1"), settled(1, "unknown"))).toEqual([]);
    // It was claimed, and its connection lost.
    expect(kinds(call(1), settled(1, "unknown"))).toEqual([]);
  });

  it("a handler that was cut off, and run again where that is wanted", () => {
    const again = { node: "n2", attempt: 2 };
    expect(kinds(call(1, "run"), start(1), gone("n1"), start(1, again), done(1, again), settled(1))).toEqual([]);
  });

  it("a reply that was too large to keep", () => {
    const isLarge = true;
    expect(kinds(call(1), start(1), done(1, { isLarge }), answer(1, "", "expired"), settled(1, "expired"))).toEqual([]);
  });

  it("a client that gave up", () => {
    expect(kinds(call(1), start(1), done(1), settled(1, "given up"))).toEqual([]);
  });

  it("lines that know nothing of each other", () => {
    expect(
      kinds(
        ...[call(1), call(2), start(1), done(1), start(2), done(2), settled(1), settled(2)],
        ...[call(1, "refuse", "b/1"), start(1, { line: "b/1", key: "other" })],
        by("n1", { op: "done", id: "b/1/1", attempt: 1, reply: "x", isLarge: false }),
        by("clients", { op: "settled", id: "b/1/1", how: "reply", reply: "x" }),
      ),
    ).toEqual([]);
  });
});

describe("the judge of numbered pushes finds", () => {
  const whole = () => [call(1), start(1), done(1), settled(1)];

  it("a push that is handled twice", () => {
    expect(kinds(...whole(), start(1, { node: "n2" }))).toContain("handled twice");
    expect(kinds(call(1), start(1), gone("n1"), start(1, { node: "n2", attempt: 2 }), settled(1, "unknown"))).toContain(
      "handled twice",
    );
  });

  it("a push that is run again while its process lives, or that counts wrongly", () => {
    const again = { node: "n2", attempt: 2 };
    expect(kinds(call(1, "run"), start(1), start(1, again), done(1, again), settled(1))).toEqual([
      "handled while it ran",
    ]);
    expect(kinds(call(1, "run"), start(1), start(1, again), gone("n1"), done(1, again), settled(1))).toEqual([
      "handled while it ran",
    ]);
    const same = { node: "n2", attempt: 1 };
    expect(kinds(call(1, "run"), start(1), gone("n1"), start(1, same), done(1, same), settled(1))).toEqual([
      "attempts",
    ]);
    expect(kinds(call(1), start(1, again), done(1, again), settled(1))).toEqual(["attempts"]);
  });

  it("a push that is handled after its client has a reply", () => {
    const again = { node: "n2", attempt: 2 };
    const first = [call(1, "run"), start(1), done(1)];
    expect(kinds(...first, answer(1), gone("n1"), start(1, again), settled(1))).toEqual(["handled after its reply"]);
    expect(kinds(call(1), settled(1, "unknown"), start(1), gone("n1"))).toEqual(["handled after its reply"]);
  });

  it("numbers out of order", () => {
    const [first, second] = [call(1), call(2)];
    expect(kinds(first, second, start(2), done(2), start(1), done(1), settled(1), settled(2))).toEqual(["order"]);
  });

  it("a number that is run again after a later one", () => {
    const again = { node: "n2", attempt: 2 };
    expect(
      kinds(
        ...[call(1, "run"), call(2, "run"), start(1), start(2), done(2), gone("n1")],
        ...[start(1, again), done(1, again), settled(1), settled(2)],
      ),
    ).toEqual(["order"]);
  });

  it("what nobody has pushed", () => {
    expect(kinds(start(1))).toEqual(["phantom"]);
  });

  it("a reply that no handler gave", () => {
    expect(kinds(call(1), settled(1))).toEqual(["foreign reply"]);
    expect(kinds(call(1), start(1), gone("n1"), answer(1), settled(1, "unknown"))).toEqual(["foreign reply"]);
    expect(kinds(call(1), start(1), done(1), answer(1, "other"), settled(1))).toContain("foreign reply");
  });

  it("different replies to one push", () => {
    const again = { node: "n2", attempt: 2, reply: "other" };
    expect(
      kinds(
        call(1, "run"),
        start(1),
        done(1),
        gone("n1"),
        start(1, again),
        done(1, again),
        answer(1, "other"),
        settled(1),
      ),
    ).toEqual(["different replies"]);
    expect(kinds(...whole(), settled(1))).toEqual(["different replies"]);
  });

  it("a reply that was not kept", () => {
    expect(kinds(call(1), start(1), done(1), settled(1, "expired"))).toEqual(["expired"]);
    expect(kinds(...whole(), answer(1, "", "expired"))).toEqual(["expired"]);
  });

  it("an unknown outcome that is known, and one that was to be run again", () => {
    expect(kinds(call(1), start(1), done(1), settled(1, "unknown"))).toEqual(["needless unknown"]);
    expect(kinds(call(1), start(1), done(1), settled(1, "unknown"), gone("n1"))).toEqual(["needless unknown"]);
    expect(kinds(...whole(), answer(1, "", "unknown"))).toEqual(["needless unknown"]);
    expect(kinds(call(1, "run"), start(1), gone("n1"), settled(1, "unknown"))).toEqual(["needless unknown"]);
  });

  it("keys that change, or that two pushes share", () => {
    const again = { node: "n2", attempt: 2, key: "other" };
    expect(kinds(call(1, "run"), start(1), gone("n1"), start(1, again), done(1, again), settled(1))).toEqual(["keys"]);
    expect(kinds(...whole(), call(2), start(2, { key: "key:1" }), done(2), settled(2))).toEqual(["keys"]);
  });

  it("a push that does not end, or fails for no reason", () => {
    expect(kinds(call(1), start(1), done(1))).toEqual(["not settled"]);
    expect(kinds(call(1), settled(1, "failed"))).toEqual(["failed"]);
  });
});
