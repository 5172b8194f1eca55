/** Pushes with `retry` against our server, over each transport, through connections that are cut. */
import { LongPoll, PushError, Socket } from "@wingbeat/client";
import type { Channel, SettledPush, SocketOptions, TransportClass } from "@wingbeat/client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "wingbeat";
import type { Endpoint } from "wingbeat";
import { WebSocket } from "ws";
import { cuttingProxy } from "./cutting-proxy.ts";

/** What the server has handled, in order. */
interface Handled {
  readonly body: unknown;
  readonly key: string | undefined;
}

interface Site {
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly handled: Handled[];
}

async function serve(port = 0, handled: Handled[] = []): Promise<Site> {
  const room = defineChannel("room:{id}")
    .dedupe({ window: 60_000 })
    .join((ctx) => (ctx.params.id === "closed" ? refuse({ reason: "closed" }) : ok({})))
    .handleIn("say", (ctx, payload) => {
      const { body } = payload as { readonly body: unknown };
      handled.push({ body, key: ctx.idempotencyKey });
      if (body === "crash") throw new Error("as it was asked to");
      return body === "no" ? refuse({ reason: "no" }) : ok({ body });
    })
    .handleIn("quiet", () => {});
  const plain = defineChannel("plain").join(() => ok({}));
  const userSocket = defineSocket({ connect: () => ok({}), id: () => "user:1", channels: [room, plain] });
  const endpoint = createEndpoint({
    sockets: { "/socket": { socket: userSocket, longpoll: { window: 500 } } },
    logger: false,
  });
  onTestFinished(() => endpoint.close());
  return { endpoint, port: (await endpoint.listen(port, "127.0.0.1")).port, handled };
}

const bodies = (handled: readonly Handled[]): unknown[] => handled.map(({ body }) => body);
const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `text ${index}`);

/** How a push has ended: its response, or why it has failed. */
const outcome = (push: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(push).then(
    (response) => response,
    (error: unknown) => (error instanceof PushError ? error.reason : error),
  );

const transports: readonly (readonly [string, TransportClass])[] = [
  ["WebSocket", WebSocket],
  ["LongPoll", LongPoll],
];

describe.each(transports)("over %s", (_name, transport) => {
  function connect(port: number, options: SocketOptions = {}): { readonly socket: Socket; readonly channel: Channel } {
    const socket = new Socket(`http://127.0.0.1:${port}/socket`, {
      transport,
      reconnectAfterMs: () => 1,
      rejoinAfterMs: () => 1,
      ...options,
    });
    onTestFinished(() => new Promise<void>((resolve) => socket.disconnect(resolve)));
    socket.connect();
    return { socket, channel: socket.channel("room:1") };
  }

  it("is handled in order and replied to, before the join and after it", async () => {
    const { port, handled } = await serve();
    const { channel } = connect(port);
    channel.join();
    const early = texts(40).map((body) => channel.push("say", { body }, { retry: true }));
    expect(await Promise.all(early)).toEqual(texts(40).map((body) => ({ body })));
    expect(await channel.push("say", { body: "last" }, { retry: true })).toEqual({ body: "last" });
    expect(bodies(handled)).toEqual([...texts(40), "last"]);
    const keys = handled.map(({ key }) => key?.split(":"));
    expect(keys.map((key) => key?.[1])).toEqual(Array.from({ length: 41 }, (_, index) => String(index + 1)));
    expect(channel.pendingPushes).toEqual([]);
  });

  it("ends as its handler says: a refusal, a crash, which is not handled again, and no reply", async () => {
    const { port, handled } = await serve();
    const { channel } = connect(port);
    await channel.join();
    const ends: SettledPush[] = [];
    channel.onPushSettled((settled) => ends.push(settled));
    const refused = channel.push("say", { body: "no" }, { retry: true });
    const heard: unknown[] = [];
    refused.receive("error", (response) => heard.push(response));
    const crashed = channel.push("say", { body: "crash" }, { retry: true });
    const quiet = channel.push("quiet", {}, { retry: true });
    expect(await Promise.all([refused, crashed, quiet].map(outcome))).toEqual(["refused", "crashed", {}]);
    expect(heard).toEqual([{ reason: "no" }]);
    expect(bodies(handled)).toEqual(["no", "crash"]);
    expect(ends.map(({ event, payload, status, reason }) => [event, payload, status, reason])).toEqual([
      ["say", { body: "no" }, "error", "refused"],
      ["say", { body: "crash" }, "error", "crashed"],
      ["quiet", {}, "ok", undefined],
    ]);
  });

  it("I-14: cut after every byte that the server sends, each is handled once, in order, and gets its reply", async () => {
    const { port, handled } = await serve();
    const whole = await cuttingProxy(port);
    const run = async (proxy: { readonly port: number }, name: string): Promise<unknown> => {
      const { channel, socket } = connect(proxy.port);
      channel.join();
      const replies = await Promise.all(
        ["a", "b", "c"].map((text) => outcome(channel.push("say", { body: `${name} ${text}` }, { retry: true }))),
      );
      await new Promise<void>((resolve) => socket.disconnect(resolve));
      return replies.map((reply) => (reply as { body?: unknown }).body ?? reply);
    };
    await run(whole, "whole");
    // Polls and their answers take many times as long.
    const step = transport === LongPoll ? 23 : 1;
    const cuts = Array.from({ length: Math.floor(whole.passed / step) }, (_, index) => (index + 1) * step);
    expect(whole.passed).toBeGreaterThan(500);
    const wanted = (name: string): string[] => ["a", "b", "c"].map((text) => `${name} ${text}`);
    for (let from = 0; from < cuts.length; from += 50) {
      const some = cuts.slice(from, from + 50);
      const replies = await Promise.all(some.map(async (limit) => run(await cuttingProxy(port, limit), String(limit))));
      expect(replies).toEqual(some.map((limit) => wanted(String(limit))));
    }
    for (const limit of cuts) {
      const own = bodies(handled).filter((body) => String(body).startsWith(`${limit} `));
      expect(own).toEqual(wanted(String(limit)));
    }
  });

  it("waits for its channel while the server is away; one that has forgotten the line is not asked twice", async () => {
    const { endpoint, port, handled } = await serve();
    const { channel, socket } = connect(port);
    await channel.join();
    await channel.push("say", { body: "before" }, { retry: true });
    await endpoint.close();
    await vi.waitFor(() => expect(socket.isConnected()).toBe(false));
    const waiting = texts(3).map((body) => channel.push("say", { body }, { retry: true }));
    expect(channel.pendingPushes.map(({ state }) => state)).toEqual(["waiting", "waiting", "waiting"]);
    await serve(port, handled);
    expect(await Promise.all(waiting)).toEqual(texts(3).map((body) => ({ body })));
    expect(bodies(handled)).toEqual(["before", ...texts(3)]);
    // Not 1 again: a key is of one push for ever.
    expect(handled.map(({ key }) => key?.split(":")[1])).toEqual(["1", "2", "3", "4"]);
  });

  it("fails where the channel does not take numbers", async () => {
    const { port } = await serve();
    const { socket } = connect(port);
    const plain = socket.channel("plain");
    plain.join();
    const early = plain.push("say", {}, { retry: true });
    expect(await outcome(early)).toBe("not_supported");
    const error = await plain.push("say", {}, { retry: true }).then(
      () => undefined,
      (failure: PushError) => failure,
    );
    expect(error?.message).toBe('"say" on "plain" failed: not sent: its channel has no .dedupe(), or it is bytes');
  });

  it("left, and joined again by another: what waits is sent then", async () => {
    const { port, handled } = await serve();
    const { socket, channel } = connect(port);
    await channel.join();
    await channel.push("say", { body: 1 }, { retry: true });
    channel.leave();
    const waiting = channel.push("say", { body: 2 }, { retry: true });
    const other = socket.channel("room:1");
    await vi.waitFor(() => expect(other.pendingPushes).toHaveLength(1));
    await other.join();
    expect(await waiting).toEqual({ body: 2 });
    expect(bodies(handled)).toEqual([1, 2]);
  });
});
