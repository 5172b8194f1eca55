/** Several nodes: who is where is known on all of them, through deaths, restarts and partitions. */
import { describe, expect, it } from "vitest";
import { observe } from "../integration/telemetry.ts";
import { clusterOf, keysOf, refsOf, settled, TOPIC } from "./cluster-of-nodes.ts";
import type { Member } from "./cluster-of-nodes.ts";

const NAMES = ["a", "b", "c", "d", "e"];
const track = ({ presence, endpoint }: Member, key: string): string => presence.track(endpoint, TOPIC, key, {});

/** All members have the same presences, and so have clients that have followed the diffs. */
function expectSame(members: readonly Member[], keys: readonly string[]): void {
  const expected = refsOf(members[0]?.presence.list(members[0].endpoint, TOPIC) as object);
  for (const member of members) {
    expect(keysOf(member)).toEqual(keys);
    expect(member.follower.refs).toEqual(expected);
    expect(refsOf(member.presence.list(member.endpoint, TOPIC))).toEqual(expected);
  }
}

describe.each([2, 3, 5])("%i nodes", (count) => {
  it("see each other's users within a second, once", async () => {
    const cluster = await clusterOf(NAMES.slice(0, count));
    const { members } = cluster;
    for (const member of members) track(member, `user of ${member.name}`);
    await cluster.pass(1_000);
    expectSame(
      members,
      members.map(({ name }) => `user of ${name}`),
    );
    for (const { follower } of members) expect(follower.diffs.flatMap(({ joins }) => joins)).toHaveLength(count);
    const [first] = members as [Member];
    expect(first.endpoint.nodes()).toEqual(NAMES.slice(0, count));
    expect(first.presence.nodesOf(first.endpoint, TOPIC, "user of b")).toEqual(["b"]);
  });

  it("forget the users of a node that dies, within the down period", async () => {
    const cluster = await clusterOf(NAMES.slice(0, count), { downPeriod: 10_000, maxSilentPeriods: 3 });
    const [dead, ...living] = cluster.members as [Member, ...Member[]];
    track(dead, "dead");
    track(living[0] as Member, "alive");
    await cluster.pass(1_000);
    expectSame(cluster.members, ["alive", "dead"]);
    cluster.bus.part([dead.name], NAMES.slice(1, count));
    await cluster.pass(3_000);
    expectSame(living, ["alive", "dead"]);
    await cluster.pass(9_000);
    expectSame(living, ["alive"]);
    expect(living[0]?.endpoint.nodes()).not.toContain("a");
  });

  it("split and heal to the same view", async () => {
    const cluster = await clusterOf(NAMES.slice(0, count), { downPeriod: 10_000, maxSilentPeriods: 3 });
    const { members } = cluster;
    const [here, ...there] = members as [Member, Member];
    track(here, "a1");
    track(there[0], "b1");
    await cluster.pass(1_000);
    cluster.bus.part(["a"], NAMES.slice(1, count));
    await cluster.pass(12_000);
    expectSame([here], ["a1"]);
    expectSame(there, ["b1"]);
    // Both sides go on.
    here.presence.untrack(here.endpoint, TOPIC, "a1");
    track(here, "a2");
    there[0].presence.update(there[0].endpoint, TOPIC, "b1", { n: 1 });
    track(there[0], "b2");
    await cluster.pass(5_000);
    cluster.bus.heal();
    // A heartbeat every four ticks, and then two ticks at most until it is asked about.
    await cluster.pass(10_000);
    expectSame(members, ["a2", "b1", "b2"]);
  });
});

describe("a node", () => {
  it("that comes late learns everything", async () => {
    const cluster = await clusterOf(["a", "b"]);
    for (const [n, member] of cluster.members.entries()) for (let i = 0; i < 200; i++) track(member, `${n}-${i}`);
    await cluster.pass(1_000);
    const late = await cluster.start("c");
    await cluster.pass(4_000);
    expect(keysOf(late)).toHaveLength(400);
    expect(late.follower.diffs.flatMap(({ joins }) => joins)).toHaveLength(400);
  });

  it("that has missed a little is sent a little", async () => {
    const cluster = await clusterOf(["a", "b"]);
    const sent = observe("tracker.transfer_sent");
    const [a, b] = cluster.members as [Member, Member];
    for (let i = 0; i < 50; i++) track(a, `${i}`);
    await cluster.pass(1_000);
    cluster.bus.part(["a"], ["b"]);
    track(a, "missed");
    await cluster.pass(1_000);
    cluster.bus.heal();
    track(a, "news");
    await cluster.pass(5_000);
    expectSame([a, b], [...Array.from({ length: 50 }, (_, i) => `${i}`), "missed", "news"].sort());
    expect(sent.rest).toEqual([{ shard: "presence_shard0", node: "b", isSnapshot: false, messages: 1 }]);
  });

  it("that stops as it should is gone at once", async () => {
    const cluster = await clusterOf(["a", "b"]);
    const [a, b] = cluster.members as [Member, Member];
    track(a, "ada");
    await cluster.pass(1_000);
    expectSame([b], ["ada"]);
    await a.endpoint.close();
    await settled();
    expectSame([b], []);
    expect(b.endpoint.nodes()).toEqual(["b"]);
  });

  it("that is started again is another one: what it had is gone, what it has is there", async () => {
    const cluster = await clusterOf(["a", "b", "c"]);
    const [a, b, c] = cluster.members as [Member, Member, Member];
    track(a, "before");
    track(a, "stays");
    await cluster.pass(1_000);
    cluster.bus.part(["a"], ["b", "c"]);
    await cluster.pass(500);
    cluster.bus.heal();
    const again = await cluster.start("a");
    track(again, "stays");
    await cluster.pass(4_000);
    expectSame([again, b, c], ["stays"]);
    // Nobody was ever told that who is on the node before and after it has been away.
    expect(b.follower.diffs.at(-1)).toEqual({ joins: ["stays"], leaves: ["before", "stays"] });
  });

  it("that did not run for a while does not take the others for dead", async () => {
    const cluster = await clusterOf(["a", "b"]);
    const [a, b] = cluster.members as [Member, Member];
    track(a, "ada");
    await cluster.pass(1_000);
    const diffs = b.follower.diffs.length;
    cluster.time.freeze(300_000);
    await cluster.pass(20_000);
    expectSame([a, b], ["ada"]);
    expect(b.follower.diffs).toHaveLength(diffs);
  });

  it("whose adapter refuses sends later", async () => {
    const cluster = await clusterOf(["a", "b"]);
    const failures = observe("tracker.broadcast_failed");
    const [a, b] = cluster.members as [Member, Member];
    cluster.bus.isDown = true;
    track(a, "ada");
    await cluster.pass(1_000);
    expect(keysOf(a)).toEqual(["ada"]);
    expect((await failures.next()).shard).toBe("presence_shard0");
    cluster.bus.isDown = false;
    await cluster.pass(2_000);
    expectSame([a, b], ["ada"]);
  });
});

it("updates reach other nodes as updates", async () => {
  const cluster = await clusterOf(["a", "b"]);
  const [a, b] = cluster.members as [Member, Member];
  const before = track(a, "ada");
  await cluster.pass(1_000);
  const after = a.presence.update(a.endpoint, TOPIC, "ada", (meta) => ({ ...meta, n: 1 }));
  await cluster.pass(1_000);
  expect(b.presence.getByKey(b.endpoint, TOPIC, "ada")?.metas).toEqual([
    { n: 1, phx_ref: after, phx_ref_prev: before },
  ]);
  expect(b.follower.diffs.at(-1)).toEqual({ joins: ["ada"], leaves: ["ada"] });
});

it("shards: every topic is known on every node", async () => {
  const cluster = await clusterOf(["a", "b"], { poolSize: 4 });
  const [a, b] = cluster.members as [Member, Member];
  const topics = Array.from({ length: 40 }, (_, n) => `room:${n}`);
  for (const topic of topics) a.presence.track(a.endpoint, topic, "ada", {});
  await cluster.pass(1_000);
  for (const topic of topics) expect(b.presence.count(b.endpoint, topic)).toBe(1);
  expect(b.endpoint.nodes()).toEqual(["b", "a"]);
});

it("nodes that agree are nearly silent", async () => {
  const cluster = await clusterOf(["a", "b", "c"]);
  for (const member of cluster.members) track(member, member.name);
  await cluster.pass(20_000);
  cluster.bus.sent = 0;
  await cluster.pass(165_000);
  // A heartbeat every 11 ticks of 1.5 s, from each of three to two others.
  expect(cluster.bus.sent).toBe(60);
});
