/** Tasks beside the mailbox: `ctx.spawn`. */
import { describe, expect, it, onTestFinished } from "vitest";
import { defineChannel, defineSocket, ok, refuse, stop, Telemetry } from "../../src/index.ts";
import type { SocketDefinition, TelemetryEvents } from "../../src/index.ts";
import { testSocket } from "../../src/testing.ts";
import type { TestClient, TestKit } from "../../src/testing.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { gate } from "../integration/inbox.ts";
import { serve } from "../integration/serve.ts";

interface Ctx {
  push(event: string, payload: object): void;
  broadcast(event: string, payload: object): void;
}
type Task = (signal: AbortSignal, ctx: Ctx) => unknown;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A socket with one channel, whose event `spawn` runs the task. */
const socketWith = (task: Task, limits: object = {}): SocketDefinition =>
  defineSocket({
    connect: () => ok(),
    channels: [
      defineChannel("room:*")
        .join((ctx, params) => {
          if (params === "spawn") ctx.spawn((signal) => task(signal, ctx) as Promise<void>);
          return ctx.topic === "room:closed" ? refuse() : ok();
        })
        .handleIn("spawn", (ctx) => {
          ctx.spawn((signal) => task(signal, ctx) as Promise<void>);
          ctx.push("returned", {});
          return ok();
        })
        .handleIn("echo", (_ctx, payload) => ok(payload))
        .handleIn("stop", () => stop())
        .handleIn("crash", () => {
          throw new Error("crash on request");
        }),
    ],
    ...limits,
  }) as never;

function kitOf(socket: SocketDefinition): TestKit {
  const kit = testSocket(socket, { timeout: 60_000 });
  onTestFinished(() => kit.close());
  return kit;
}

const clientOf = (socket: SocketDefinition): TestClient => kitOf(socket).socket();

function crashes(): TelemetryEvents["channel.crashed"][] {
  const data: TelemetryEvents["channel.crashed"][] = [];
  onTestFinished(Telemetry.attach("channel.crashed", (one) => data.push(one)));
  return data;
}

describe("a spawned task", () => {
  it("starts when its handler has returned, and does not hold up the next message", async () => {
    const { passed, open } = gate();
    const room = await clientOf(
      socketWith(async (_signal, ctx) => {
        ctx.push("started", {});
        await passed;
        ctx.broadcast("done", {});
      }),
    ).subscribeAndJoin("room:1");
    room.push("spawn");
    await room.assertPush("returned");
    await room.assertPush("started");
    await room.assertReply(room.push("echo", { n: 1 }), "ok", { n: 1 });
    open();
    await room.assertPush("done");
  });

  it("of a join starts when the client has joined, and never when it was refused", async () => {
    let runs = 0;
    const socket = socketWith((_signal, ctx) => {
      runs++;
      ctx.push("started", {});
    });
    const client = clientOf(socket);
    const room = await client.subscribeAndJoin("room:1", "spawn");
    await room.assertPush("started");
    expect((await client.join("room:closed", "spawn")).status).toBe("error");
    await turn();
    expect(runs).toBe(1);
  });

  it.each([
    ["it is left", "left", (_client: TestClient, leave: () => void) => leave()],
    ["its connection closes", "closed", (client: TestClient) => client.close()],
  ])("is aborted when %s", async (_what, reason, end) => {
    const aborted = gate<unknown>();
    const client = clientOf(
      socketWith(async (signal) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        aborted.open(signal.reason);
      }),
    );
    const room = await client.subscribeAndJoin("room:1");
    await room.assertReply(room.push("spawn"), "ok");
    end(client, () => room.leave());
    expect(await aborted.passed).toMatchObject({ name: "AbortError" });
    await room.assertTerminated(reason);
  });

  it.each(["stop", "crash"])(
    "is aborted when the channel ends by %s; what it then throws of that is no crash",
    async (event) => {
      const seen = crashes();
      const room = await clientOf(
        socketWith(async (signal) => {
          await new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason as Error)),
          );
        }),
      ).subscribeAndJoin("room:1");
      await room.assertReply(room.push("spawn"), "ok");
      room.push(event);
      await room.assertTerminated();
      await turn();
      expect(seen.map(({ callback }) => callback)).toEqual(event === "crash" ? ["handleIn"] : []);
    },
  );

  it.each([
    [
      "throws",
      () => {
        throw new Error("in a task");
      },
    ],
    [
      "rejects",
      async () => {
        await turn();
        throw new Error("in a task");
      },
    ],
  ])("that %s crashes its channel, and nothing else", async (_what, task) => {
    const seen = crashes();
    const client = clientOf(socketWith(task));
    const [room, other] = [await client.subscribeAndJoin("room:1"), await client.subscribeAndJoin("room:2")];
    room.push("spawn");
    await room.assertPush("phx_error", { reason: "channel_crash" });
    await room.assertTerminated("crashed");
    expect(seen).toMatchObject([
      { topic: "room:1", callback: "spawn", event: undefined, error: { message: "in a task" } },
    ]);
    await other.assertReply(other.push("echo", { n: 1 }), "ok");
  });

  it("that fails for another reason after the end is reported, and nothing is sent", async () => {
    const seen = crashes();
    const { passed, open } = gate();
    const room = await clientOf(
      socketWith(async (_signal, ctx) => {
        await passed;
        ctx.push("late", {});
        throw new Error("late");
      }),
    ).subscribeAndJoin("room:1");
    await room.assertReply(room.push("spawn"), "ok");
    await room.assertReply(room.leave(), "ok");
    await room.assertPush("phx_close");
    open();
    await turn();
    expect(seen).toMatchObject([{ callback: "spawn", error: { message: "late" } }]);
    await room.assertTerminated("left");
    await room.refutePush("late", undefined, 20);
  });

  it("may broadcast when its channel has ended: to the others", async () => {
    const { passed, open } = gate();
    const kit = kitOf(
      socketWith(async (_signal, ctx) => {
        await passed;
        ctx.broadcast("saved", {});
      }),
    );
    const room = await kit.socket().subscribeAndJoin("room:1");
    const other = await kit.socket().subscribeAndJoin("room:1");
    await room.assertReply(room.push("spawn"), "ok");
    room.leave();
    await room.assertTerminated("left");
    open();
    await other.assertPush("saved");
  });

  it("is one of at most maxTasks of a channel; one that has ended makes room", async () => {
    const seen = crashes();
    const gates: (() => void)[] = [];
    const socket = socketWith(() => new Promise<void>((resolve) => gates.push(resolve)), { maxTasks: 2 });
    const room = await clientOf(socket).subscribeAndJoin("room:1");
    for (let n = 0; n < 2; n++) await room.assertReply(room.push("spawn"), "ok");
    gates[0]?.();
    await turn();
    await room.assertReply(room.push("spawn"), "ok");
    room.push("spawn");
    await room.assertTerminated("crashed");
    expect(seen).toMatchObject([{ callback: "handleIn", error: { code: "WB_CHANNEL_LIMIT" } }]);
  });
});

describe("a drain", () => {
  it("does not wait for tasks before it closes their clients, and waits for what they do then", async () => {
    const aborted = gate();
    const { passed, open } = gate();
    const { endpoint, url } = await serve({
      "/socket": socketWith(async (signal) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        aborted.open();
        await passed;
      }),
    });
    const client = await FrameClient.open(url());
    await client.join("room:1");
    client.send("1", "2", "room:1", "spawn", {});
    await client.inbox.take(2);
    let isClosed = false;
    const closing = endpoint.close().then(() => (isClosed = true));
    await aborted.passed;
    await client.closed;
    await turn();
    expect(isClosed).toBe(false);
    open();
    await closing;
  });
});
