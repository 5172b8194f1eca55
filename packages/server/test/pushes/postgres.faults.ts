/** Numbered pushes when PostgreSQL ends, comes back, or fails over. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { postgresAvailability, postgresEngine, postgresStandby, PATIENCE, TEST_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { StallingProxy } from "../pubsub/stalling-proxy.ts";
import { clientAt, newNamespace, run } from "../history/postgres-database.ts";
import { claimOf, PushNode, WINDOW } from "./postgres-node.ts";

const { isMissing, note } = postgresAvailability;

describe.skipIf(isMissing)(`numbered pushes, failures of PostgreSQL${note}`, { timeout: TEST_TIME }, () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  async function engine(settings: readonly string[] = []): Promise<TestEngine> {
    const made = await postgresEngine(settings);
    ends.push(() => made.end());
    await made.start();
    return made;
  }

  async function node(port: () => number, namespace: string): Promise<PushNode> {
    const made = await PushNode.start({ connect: () => clientAt(port()), namespace });
    ends.push(async () => made.store.stop());
    return made;
  }

  for (const act of ["a restart", "kill -9"] as const) {
    it(`I-14: ${act} of the server loses nothing: same epoch, same holder, same replies`, async () => {
      const server = await engine(["fsync=on"]);
      const made = await node(() => server.port, await newNamespace(server.port));
      const { epoch } = await made.pushes.open("line", 1, WINDOW);
      await made.push("line", epoch, 1);
      await made.pushes.claim("line", claimOf(2, epoch, "mine"));
      await (act === "kill -9" ? server.kill() : server.stop());
      await made.untilDown();
      await expect((async () => made.pushes.claim("line", claimOf(3, epoch, "x")))()).rejects.toThrow(
        "PostgreSQL cannot be reached",
      );
      await server.start();
      await made.untilUp();
      expect(await made.pushes.open("line", 1, WINDOW)).toEqual({ epoch, last: 2 });
      expect(await made.pushes.claim("line", claimOf(1, epoch, "x"))).toEqual({ state: "settled", reply: "reply 1" });
      expect(await made.pushes.claim("line", claimOf(2, epoch, "x"))).toEqual({
        state: "running",
        holder: { token: "mine", attempt: 1 },
      });
      expect(await made.pushes.settle("line", { n: 2, token: "mine", reply: "2", window: WINDOW })).toBe(true);
      await made.push("line", epoch, 3);
    });
  }

  it("R6: kill -9 of another backend loses no claim and no reply, although synchronous_commit is off", async () => {
    const server = await engine(["fsync=on", "synchronous_commit=off", "wal_writer_delay=10s"]);
    const made = await node(() => server.port, await newNamespace(server.port));
    const victim = clientAt(server.port);
    victim.on("error", () => {});
    await victim.connect();
    const { pid } = (await victim.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]!;
    const { epoch } = await made.pushes.open("line", 1, WINDOW);
    for (let n = 1; n <= 20; n++) await made.push("line", epoch, n);
    await made.pushes.claim("line", claimOf(21, epoch, "mine"));
    process.kill(pid, "SIGKILL");
    await made.untilDown();
    await made.untilUp();
    expect(await made.pushes.open("line", 1, WINDOW)).toEqual({ epoch, last: 21 });
    expect(await made.pushes.claim("line", claimOf(20, epoch, "x"))).toEqual({ state: "settled", reply: "reply 20" });
    expect(await made.pushes.claim("line", claimOf(21, epoch, "x"))).toMatchObject({ state: "running" });
  });

  it("unlogged tables are those of the history alone: what was claimed and done survives a crash", async () => {
    const server = await engine(["fsync=on"]);
    const made = await node(() => server.port, await newNamespace(server.port, true));
    const { epoch } = await made.pushes.open("line", 1, WINDOW);
    await made.push("line", epoch, 1);
    await server.kill();
    await made.untilDown();
    await server.start();
    await made.untilUp();
    expect(await made.pushes.open("line", 1, WINDOW)).toEqual({ epoch, last: 1 });
  });

  it("R20: on a promoted standby the epoch is another one; the old one is answered, and claims nothing", async () => {
    const primary = await engine();
    const namespace = await newNamespace(primary.port);
    let { port } = primary;
    const made = await node(() => port, namespace);
    const { epoch } = await made.pushes.open("line", 1, WINDOW);
    await made.push("line", epoch, 1);
    await made.pushes.claim("line", claimOf(2, epoch, "mine"));
    const standby = await postgresStandby(primary.port);
    ends.push(() => standby.end());
    await made.push("line", epoch, 3);
    const lost = await made.pushes.open("lost", 1, WINDOW);
    await primary.kill();
    await standby.start();
    port = standby.port;
    await vi.waitUntil(() => made.told.some((what) => what.includes("standby")), { timeout: PATIENCE });
    await run(standby.port, "SELECT pg_promote()");
    await made.untilUp();
    // What a client does that has not noticed anything yet: the first call after the change is a claim.
    expect(await made.pushes.claim("line", claimOf(3, epoch, "x"))).toEqual({ state: "epoch" });
    expect(await made.pushes.claim("line", claimOf(1, epoch, "x"))).toEqual({ state: "settled", reply: "reply 1" });
    expect(await made.pushes.claim("line", claimOf(2, epoch, "x"))).toMatchObject({ state: "running" });
    expect(await made.pushes.settle("line", { n: 2, token: "mine", reply: "2", window: WINDOW })).toBe(true);
    expect(await made.pushes.claim("lost", claimOf(1, lost.epoch, "x"))).toEqual({ state: "epoch" });
    const renewed = await made.pushes.open("line", 4, WINDOW);
    expect(renewed.last).toBe(3);
    expect(renewed.epoch).not.toBe(epoch);
    expect(await made.pushes.claim("line", claimOf(3, epoch, "x"))).toEqual({ state: "settled" });
    expect(await made.pushes.claim("line", claimOf(4, epoch, "x"))).toEqual({ state: "epoch" });
    await made.push("line", renewed.epoch, 4);
    expect(await made.pushes.open("line", 5, WINDOW)).toEqual({ epoch: renewed.epoch, last: 4 });
  });

  it("R7: a claim whose answer was lost is granted again to the same try; one that comes late changes nothing", async () => {
    const server = await engine();
    const proxy = new StallingProxy(server.port);
    await proxy.start();
    ends.push(() => proxy.stop());
    const namespace = await newNamespace(server.port);
    let connections = 0;
    // The first one listens.
    const made = await node(() => (connections++ === 0 ? server.port : proxy.port), namespace);
    const { epoch } = await made.pushes.open("line", 1, WINDOW);
    proxy.stall();
    const first = (async () => made.pushes.claim("line", claimOf(1, epoch, "mine")))();
    await expect(first).rejects.toThrow("PostgreSQL did not answer");
    proxy.recover();
    expect(await made.pushes.claim("line", claimOf(1, epoch, "mine"))).toEqual({ state: "claimed" });
    await made.pushes.settle("line", { n: 1, token: "mine", reply: "1", window: WINDOW });
    proxy.resume();
    await vi.waitUntil(() => proxy.links.every(({ sockets }) => sockets !== 1), { timeout: PATIENCE });
    expect(await made.pushes.claim("line", claimOf(1, epoch, "x"))).toEqual({ state: "settled", reply: "1" });
    expect(await made.pushes.claim("line", claimOf(3, epoch, "x"))).toEqual({ state: "order", next: 2 });
  });
});
