/** `throw refuse(…)`: an answer where somebody waits for one, a crash elsewhere. */
import { describe, expect, it, vi } from "vitest";
import { Broadcast, defineChannel, defineSocket, ok, refuse, reply, stop, WingbeatError } from "../../src/index.ts";
import { testSocket } from "../../src/testing.ts";
import { observe } from "../integration/telemetry.ts";
import { Client, endpointOf, socketOf, turn } from "./client.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const start = (channel: unknown): Client => {
  const socket = socketOf([channel]);
  return new Client(endpointOf(socket, { logger: { sink: SILENT, level: "debug" } }), socket);
};

function mustBe(condition: boolean): void {
  if (!condition) throw refuse({ reason: "forbidden" });
}

/** `ok()` when something is done: at once, if it is no promise. */
function after(act: () => unknown) {
  const done = act();
  return done instanceof Promise ? done.then(() => ok()) : ok();
}

describe("a thrown refusal", () => {
  it.each([
    ["at once", () => mustBe(false)],
    ["after an await", async () => mustBe(await Promise.resolve(false))],
  ])("answers a message, %s, and its channel lives", async (_when, act) => {
    const crashed = observe("channel.crashed");
    const handled = observe("channel.handled_in");
    const client = start(
      defineChannel("room")
        .join(() => ok())
        .handleIn("act", () => act())
        .handleIn("ping", () => ok({ alive: true })),
    );
    await client.join("room");
    client.send("room", "act");
    await turn();
    client.send("room", "ping");
    await turn();
    expect(client.told()).toEqual(['error {"reason":"forbidden"}', 'ok {"alive":true}']);
    expect(crashed.rest).toEqual([]);
    expect(handled.rest.map(({ outcome }) => outcome)).toEqual(["error", "ok"]);
  });

  it.each([
    ["at once", () => mustBe(false)],
    ["after an await", async () => mustBe(await Promise.resolve(false))],
  ])("answers a join, %s", async (_when, act) => {
    const [crashed, joined] = [observe("channel.crashed"), observe("channel.joined")];
    const client = start(defineChannel("room").join(() => after(act)));
    client.send("room", "phx_join");
    await turn();
    expect(client.told()).toEqual(['error {"reason":"forbidden"}']);
    expect(crashed.rest).toEqual([]);
    expect(joined.rest.map(({ result }) => result)).toEqual(["refused"]);
  });

  it.each([
    ["at once", () => mustBe(false)],
    ["after an await", async () => mustBe(await Promise.resolve(false))],
  ])("refuses a connection, %s, with its reason", async (_when, act) => {
    const socket = defineSocket({
      connect: () => after(act),
      channels: [],
    });
    const kit = testSocket(socket);
    await expect(kit.connect()).rejects.toThrow("forbidden");
    await kit.close();
  });

  it("without a reason answers {}", async () => {
    const client = start(
      defineChannel("room")
        .join(() => ok())
        .handleIn("act", () => {
          throw refuse();
        }),
    );
    await client.join("room");
    client.send("room", "act");
    await turn();
    expect(client.told()).toEqual(["error {}"]);
  });

  it.each(["handleOut", "handleInfo", "handleCommand"] as const)("in %s is a crash that says so", async (callback) => {
    const crashed = observe("channel.crashed");
    const act = (): void => mustBe(false);
    const client = start(
      defineChannel("room")
        .pushes<{ out: object }>()
        .commands<{ now: object }>()
        .join(() => ok())
        .handleIn("handleOut", (ctx) => ctx.broadcast("out", {}))
        .handleIn("handleInfo", (ctx) => ctx.send("now"))
        .handleIn("handleCommand", (ctx) => ctx.endpoint.commandUnchecked("room", "now", {}))
        .handleOut("out", act)
        .handleInfo(act)
        .handleCommand("now", act),
    );
    await client.join("room");
    client.send("room", callback);
    await turn();
    expect(client.told()).toEqual(['phx_error {"reason":"channel_crash"}']);
    expect(crashed.rest.map(({ error }) => (error as Error).message)).toEqual([
      `${callback} threw refuse(…), but nobody waits for an answer there: throw it in connect, join, handleIn or reauthorize.`,
    ]);
  });

  it.each([
    ["ok(…)", () => ok()],
    ['reply("busy")', () => reply("busy")],
    ["stop(…)", () => stop()],
  ])("is the only result that may be thrown: %s is a crash", async (what, result) => {
    const crashed = observe("channel.crashed");
    const client = start(
      defineChannel("room")
        .join(() => ok())
        .handleIn("act", () => {
          throw result();
        }),
    );
    await client.join("room");
    client.send("room", "act");
    await turn();
    expect(client.told()).toEqual(['phx_error {"reason":"channel_crash"}']);
    expect(crashed.rest[0]?.error).toHaveProperty(
      "message",
      `handleIn threw ${what}: return it. Only refuse(…) may be thrown.`,
    );
  });
});

describe("results and errors of another copy of the package", () => {
  it("count as its own", async () => {
    vi.resetModules();
    const other = await import("../../src/index.ts");
    expect(other.ok().constructor).not.toBe(ok().constructor);
    const client = start(
      defineChannel("room")
        .join(() => other.ok({ n: 1 }))
        .handleIn("ok", () => other.ok({ n: 2 }))
        .handleIn("refuse", () => {
          throw other.refuse({ reason: "no" });
        })
        .handleIn("stop", () => other.stop("normal", other.ok({ bye: true }))),
    );
    client.send("room", "phx_join");
    for (const event of ["ok", "refuse", "stop"]) client.send("room", event);
    await turn();
    expect(client.told()).toEqual([
      'ok {"n":1}',
      'ok {"n":2}',
      'error {"reason":"no"}',
      'ok {"bye":true}',
      "phx_close {}",
    ]);
    expect(new other.Broadcast("t", "e", {})).toBeInstanceOf(Broadcast);
    expect(new other.WingbeatError("WB_OPTION", "")).toBeInstanceOf(WingbeatError);
    expect(new Error("")).not.toBeInstanceOf(WingbeatError);
    expect({ topic: "t", event: "e", payload: {} }).not.toBeInstanceOf(Broadcast);
  });
});
