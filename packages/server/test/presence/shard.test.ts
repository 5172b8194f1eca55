/** The protocol of a shard, message by message. */
import { describe, expect, it } from "vitest";
import { decode } from "../../src/tracker/message.ts";
import type { ShardMessage } from "../../src/tracker/message.ts";
import { observe } from "../integration/telemetry.ts";
import { OPTIONS, PERIOD, Simulation } from "./simulation.ts";

const A = 0;
const B = 1;
const C = 2;

/** The messages that are under way. */
const under = (simulation: Simulation): ShardMessage[] =>
  simulation.packets.map(({ data }) => decode(JSON.parse(data)) as ShardMessage);
const kinds = (simulation: Simulation): string[] => under(simulation).map(({ kind }) => kind);

function track(simulation: Simulation, node: number, key = "x"): void {
  simulation.node(node).shard.track(1, "a", key, {});
}

/** Nodes that know each other. */
function settled(nodes: number): Simulation {
  const simulation = new Simulation(nodes);
  for (let round = 0; round < 4; round++) simulation.round();
  return simulation;
}

describe("heartbeats", () => {
  it("begin with the first tick, are answered by who has not heard of it, and then come seldom", () => {
    const simulation = new Simulation(2);
    simulation.tick(A);
    expect(kinds(simulation)).toEqual(["heartbeat"]);
    simulation.deliver(0);
    expect(simulation.packets.map(({ from, to }) => `${from}>${to}`)).toEqual(["B>A"]);
    simulation.deliver(0);
    expect(simulation.packets.map(({ from, to }) => `${from}>${to}`)).toEqual(["A>B"]);
    simulation.deliver(0);
    expect(simulation.packets).toEqual([]);
    const sent: number[] = [];
    for (let n = 0; n < 9; n++) {
      simulation.tick(A);
      sent.push(simulation.packets.length);
      simulation.packets.length = 0;
    }
    expect(sent).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
  });

  it("carry what has changed, once", () => {
    const simulation = settled(2);
    track(simulation, A);
    expect(simulation.node(A).shard.flush()).toBe(true);
    expect(simulation.node(A).shard.flush()).toBe(false);
    const [message] = under(simulation);
    expect(message).toMatchObject({
      kind: "heartbeat",
      from: "1@A",
      clocks: new Map([
        ["1@A", 1],
        ["2@B", 0],
      ]),
    });
    simulation.deliverAll();
    expect(simulation.node(B).visible).toHaveLength(1);
  });

  it("of a node's earlier self come too late, also to the node itself", () => {
    const simulation = settled(2);
    track(simulation, A);
    simulation.node(A).shard.flush();
    simulation.kill(A);
    simulation.restart(A);
    simulation.deliver(1);
    expect(simulation.node(A).visible).toEqual([]);
    expect(simulation.node(A).shard.nodes).toEqual([]);
    expect(simulation.packets).toHaveLength(1);
    // The other node has not heard of the new one yet.
    simulation.deliver(0);
    expect(simulation.node(B).visible).toHaveLength(1);
    simulation.round();
    expect(simulation.node(B).visible).toEqual([]);
  });

  it("do not tell of what has not been sent", () => {
    const simulation = new Simulation(2);
    track(simulation, A);
    simulation.tick(B);
    simulation.deliver(0);
    expect(under(simulation)).toMatchObject([
      {
        kind: "heartbeat",
        from: "1@A",
        clocks: new Map([
          ["1@A", 0],
          ["2@B", 0],
        ]),
      },
    ]);
  });

  it("come in pieces when there is much to tell", () => {
    const simulation = settled(2);
    const long = "x".repeat(10_000);
    for (let n = 0; n < 50; n++) simulation.node(A).shard.track(1, "a", `${n}`, { long });
    simulation.node(A).shard.flush();
    expect(simulation.packets.length).toBeGreaterThan(3);
    for (const { data } of simulation.packets) expect(data.length).toBeLessThan(130_000);
    simulation.deliverAll();
    expect(simulation.node(B).visible).toHaveLength(50);
  });
});

describe("transfers", () => {
  it("are asked for at every second tick, of one of those who know as much", () => {
    const simulation = settled(3);
    simulation.cut(A, C);
    track(simulation, A);
    simulation.tick(A);
    simulation.deliverAll();
    expect(simulation.node(C).visible).toHaveLength(0);
    simulation.heal();
    const before = simulation.transfers;
    for (let round = 0; round < 8; round++) simulation.round();
    expect(simulation.node(C).visible).toHaveLength(1);
    expect(simulation.transfers - before).toBe(1);
  });

  it("can come from a third node", () => {
    const simulation = settled(3);
    simulation.cut(A, C);
    track(simulation, A);
    for (let round = 0; round < 8; round++) simulation.round();
    // C hears nothing of A, and so takes it for dead at last; until then B has told.
    expect(simulation.node(B).visible).toHaveLength(1);
    const other = settled(3);
    other.cut(A, C);
    track(other, A);
    for (let round = 0; round < 4; round++) other.round();
    expect(other.node(C).visible).toHaveLength(1);
  });

  it("are not asked for about nodes that were never heard", () => {
    const simulation = new Simulation(3);
    simulation.cut(A, C);
    track(simulation, A);
    for (let round = 0; round < 6; round++) simulation.round();
    const { transfers } = simulation;
    for (let round = 0; round < 12; round++) simulation.round();
    expect(simulation.transfers).toBe(transfers);
    expect(simulation.node(C).visible).toHaveLength(0);
  });

  it("do not go round in circles while nodes are started again one after the other", () => {
    const simulation = settled(3);
    for (const node of [A, B, C]) track(simulation, node);
    for (const node of [A, B, C]) {
      simulation.restart(node);
      track(simulation, node, "again");
      for (let round = 0; round < 6; round++) simulation.round();
    }
    const { transfers } = simulation;
    for (let round = 0; round < 12; round++) simulation.round();
    expect(simulation.transfers).toBe(transfers);
    for (const node of simulation.nodes) expect(node.visible).toEqual(simulation.truth);
  });

  it("are short again after a snapshot", () => {
    const sent = observe("tracker.transfer_sent");
    const simulation = settled(3);
    track(simulation, A, "first");
    simulation.round();
    simulation.cut(A, B);
    for (let n = 0; n < 30; n++) {
      track(simulation, A, `${n}`);
      simulation.node(A).shard.flush();
    }
    simulation.heal();
    for (let round = 0; round < 6; round++) simulation.round();
    expect(sent.rest.map(({ node, isSnapshot }) => [node, isSnapshot])).toEqual([["B", true]]);
    // What B has learnt by a snapshot it passes on as news, when it was a little: A is dead, and C lacks one change.
    simulation.cut(A, C);
    track(simulation, A, "last");
    simulation.node(A).shard.flush();
    simulation.deliverAll();
    simulation.kill(A);
    track(simulation, B);
    for (let round = 0; round < 3; round++) simulation.round();
    expect(sent.rest.slice(1).map(({ node, isSnapshot }) => [node, isSnapshot])).toEqual([["C", false]]);
    expect(simulation.node(C).visible).toHaveLength(33);
  });

  it("tell nothing of who is gone for ever", () => {
    const simulation = settled(3);
    track(simulation, A);
    simulation.round();
    const asked = simulation.node(C).shard;
    simulation.cut(A, B);
    simulation.stop(A);
    simulation.deliverAll();
    asked.receive(
      {
        kind: "transfer_req",
        from: "2@B",
        clocks: [
          ["1@A", 0],
          ["3@C", 0],
        ],
      },
      simulation.now,
    );
    expect(kinds(simulation)).toEqual([]);
  });
});

describe("nodes", () => {
  it("are reported as they come and go", () => {
    const changes = observe("tracker.node_changed");
    const simulation = new Simulation(2);
    simulation.round();
    const ofB = () => changes.rest.filter(({ node }) => node === "B").map(({ is, presences }) => `${is} ${presences}`);
    expect(ofB()).toEqual(["up 0"]);
    track(simulation, B);
    simulation.round();
    simulation.kill(B);
    for (let round = 0; round < OPTIONS.downPeriod / PERIOD + 2; round++) simulation.round();
    expect(ofB()).toEqual(["up 0", "down 1"]);
    simulation.restart(B);
    simulation.round();
    expect(ofB()).toEqual(["up 0", "down 1", "gone 0", "up 0"]);
    simulation.kill(B);
    for (let round = 0; round < OPTIONS.permdownPeriod / PERIOD + 3; round++) simulation.round();
    expect(ofB()).toEqual(["up 0", "down 1", "gone 0", "up 0", "down 0", "gone 0"]);
  });
});

it("a message that is none is reported", () => {
  const bad = observe("tracker.bad_message");
  const simulation = new Simulation(1);
  simulation.node(A).shard.receive({ kind: "gossip", from: "1@B" }, 0);
  expect(bad.rest).toEqual([{ shard: "of_A", message: { kind: "gossip", from: "1@B" } }]);
});
