/** Recovery, between our client and our server, over real connections that break. */
import { LongPoll, Socket } from "@wingbeat/client";
import type { Channel, Position, RecoveryReport, TransportClass } from "@wingbeat/client";
import { recovery } from "@wingbeat/client/phoenix";
import type { PhoenixSerializer } from "@wingbeat/client/phoenix";
import * as phoenix from "phoenix";
import type { SocketConnectOption } from "phoenix";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { WebSocket } from "ws";
import { cuttingProxy } from "./cutting-proxy.ts";

const TOPIC = "room:42";

async function serve() {
  const room = defineChannel("room:{id}")
    .history({ size: 1000, events: ["news", "bytes"] })
    .join(() => ok())
    .handleIn("shout", (ctx, payload) => void ctx.broadcastFrom("news", payload as object));
  const socket = defineSocket({ connect: () => ok(), channels: [room] });
  const endpoint = createEndpoint({
    sockets: { "/socket": { socket, longpoll: { window: 500 } } },
    logger: false,
  });
  onTestFinished(() => endpoint.close());
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return { endpoint, port };
}

/** What one client hears on the topic, in order. */
interface Diary {
  readonly channel: Channel;
  readonly socket: Socket;
  /** The numbers of the messages. */
  readonly got: unknown[];
  readonly reports: RecoveryReport[];
  readonly caughtUp: number[];
}

function listen(port: number, transport: TransportClass, options: { readonly timeout?: number } = {}): Diary {
  const socket = new Socket(`http://127.0.0.1:${port}/socket`, {
    transport,
    reconnectAfterMs: () => 1,
    rejoinAfterMs: () => 1,
    ...options,
  });
  onTestFinished(() => new Promise<void>((resolve) => socket.disconnect(resolve)));
  socket.connect();
  const channel = socket.channel(TOPIC);
  const diary: Diary = { channel, socket, got: [], reports: [], caughtUp: [] };
  channel.on("news", (payload) => diary.got.push((payload as { readonly n: number }).n));
  channel.on("bytes", (payload) => diary.got.push(new Uint8Array(payload as ArrayBuffer)[0]));
  channel.onRecover((report) => diary.reports.push(report));
  channel.onCaughtUp(() => diary.caughtUp.push(diary.got.length));
  return diary;
}

type Endpoint = Awaited<ReturnType<typeof serve>>["endpoint"];

/** Broadcasts the numbers from..to: texts of all kinds, and bytes. */
function tell(endpoint: Endpoint, from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    if (n % 4 === 0) endpoint.broadcast(TOPIC, "bytes", Uint8Array.of(n, 0, 255, 128));
    else endpoint.broadcast(TOPIC, "news", { n, text: "é🎉".repeat(n % 3) });
  }
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

const transports: readonly (readonly [string, TransportClass])[] = [
  ["WebSocket", WebSocket],
  ["LongPoll", LongPoll],
];

describe.each(transports)("over %s", (_name, transport) => {
  it("R-3: a position comes with the first join, though nothing was ever sent, and resuming from it works", async () => {
    const { endpoint, port } = await serve();
    const first = listen(port, transport);
    await first.channel.join();
    const { position } = first.channel;
    expect(position).toEqual(await endpoint.position(TOPIC));
    first.socket.disconnect();
    tell(endpoint, 1, 5);
    const second = listen(port, transport);
    await second.channel.join({ since: position });
    await vi.waitFor(() => expect(second.got).toEqual([1, 2, 3, 4, 5]));
    await vi.waitFor(() => expect(second.caughtUp).toEqual([5]));
    expect(second.reports).toEqual([{ recovered: true, count: 5, reason: undefined }]);
    expect(second.channel.position).toEqual(await endpoint.position(TOPIC));
  });

  it("what was missed while the connection was lost comes before what is sent now", async () => {
    const { endpoint, port } = await serve();
    const proxy = await cuttingProxy(port);
    const { channel, got, reports, caughtUp } = listen(proxy.port, transport);
    await channel.join();
    tell(endpoint, 1, 3);
    await vi.waitFor(() => expect(got).toEqual([1, 2, 3]));
    const lost = new Promise((resolve) => channel.onError(resolve));
    proxy.cut();
    await lost;
    tell(endpoint, 4, 9);
    await vi.waitFor(() => expect(got).toEqual(numbers(1, 9)));
    tell(endpoint, 10, 10);
    await vi.waitFor(() => expect(got).toEqual(numbers(1, 10)));
    await vi.waitFor(() => expect(caughtUp).toHaveLength(1));
    expect(reports).toEqual([{ recovered: true, count: expect.any(Number), reason: undefined }]);
    expect(channel.recovered).toBe(true);
  });

  it("earliest and rewind send what is kept, or the last of it", async () => {
    const { endpoint, port } = await serve();
    tell(endpoint, 1, 9);
    const [all, last] = [listen(port, transport), listen(port, transport)];
    await Promise.all([all.channel.join({ since: "earliest" }), last.channel.join({ rewind: 3 })]);
    await vi.waitFor(() => expect([all.got, last.got]).toEqual([numbers(1, 9), [7, 8, 9]]));
    expect(all.reports).toEqual([{ recovered: true, count: 9, reason: undefined }]);
    expect(last.reports).toEqual([{ recovered: true, count: 3, reason: undefined }]);
  });

  it("a history that is gone is told, and the channel goes on from there", async () => {
    const { endpoint, port } = await serve();
    const { channel, got, reports } = listen(port, transport);
    const gone: Position = { epoch: "another.one", offset: 7 };
    await channel.join({ since: gone });
    expect(reports).toEqual([{ recovered: false, count: 0, reason: "epoch" }]);
    expect(channel.recovered).toBe(false);
    tell(endpoint, 1, 1);
    await vi.waitFor(() => expect(got).toEqual([1]));
    await endpoint.clearHistory(TOPIC);
    tell(endpoint, 2, 2);
    await vi.waitFor(() => expect(got).toEqual([1, 2]));
    expect(reports.slice(1)).toEqual([{ recovered: false, count: 0, reason: "epoch" }]);
    expect(channel.position).toEqual(await endpoint.position(TOPIC));
  });

  it("R-12: what a client has sent to all others does not come back to it, live or replayed", async () => {
    const { endpoint, port } = await serve();
    const proxy = await cuttingProxy(port);
    const own = listen(proxy.port, transport);
    const other = listen(port, transport);
    await Promise.all([own.channel.join(), other.channel.join()]);
    own.channel.cast("shout", { n: 1 });
    await vi.waitFor(() => expect(other.got).toEqual([1]));
    // As if it had not read on since it joined.
    const { position } = own.channel;
    proxy.cut();
    await vi.waitFor(() => expect(own.reports).toHaveLength(1));
    tell(endpoint, 2, 2);
    await vi.waitFor(() => expect(own.got).toEqual([2]));
    own.channel.leave();
    await own.channel.join({ since: { epoch: position?.epoch ?? "", offset: 0 } });
    await vi.waitFor(() => expect(own.got).toEqual([2, 2]));
  });

  it("a client that does not ask is not recovered", async () => {
    const { endpoint, port } = await serve();
    const socket = new Socket(`http://127.0.0.1:${port}/socket`, { transport, recovery: false });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    const frames: unknown[] = [];
    socket.onMessage((message) => frames.push(message));
    const channel = socket.channel(TOPIC);
    await channel.join({ since: "earliest" });
    tell(endpoint, 1, 1);
    await vi.waitFor(() => expect(frames).toHaveLength(2));
    expect(frames.every((message) => (message as { extension?: unknown }).extension === undefined)).toBe(true);
    expect(channel.position).toBeNull();
  });

  it("R-4: cut after every byte of a replay, each message comes once, in order, and nothing is told lost", async () => {
    const { endpoint, port } = await serve();
    const since = await endpoint.position(TOPIC);
    tell(endpoint, 1, 5);
    const whole = await cuttingProxy(port);
    const uncut = listen(whole.port, transport);
    const handshake = await new Promise<number>((resolve) => uncut.socket.onOpen(() => resolve(whole.passed)));
    await uncut.channel.join({ since });
    await vi.waitFor(() => expect(uncut.caughtUp).toEqual([5]));
    const length = whole.passed;
    expect(length - handshake).toBeGreaterThan(400);

    const resumed = async (limit: number): Promise<unknown> => {
      const proxy = await cuttingProxy(port, limit);
      const { channel, socket, got, reports, caughtUp } = listen(proxy.port, transport);
      channel.join({ since });
      await vi.waitFor(() => expect([limit, got, caughtUp.at(-1)]).toEqual([limit, [1, 2, 3, 4, 5], 5]));
      const isRecovered = reports.every((report) => report.recovered);
      const { position } = channel;
      socket.disconnect();
      return { limit, isRecovered, position };
    };
    const position = await endpoint.position(TOPIC);
    const cuts = numbers(handshake, length);
    while (cuts.length > 0) {
      const some = cuts.splice(0, 100);
      const ended = await Promise.all(some.map(resumed));
      expect(ended).toEqual(some.map((limit) => ({ limit, isRecovered: true, position })));
    }
  });
});

describe("a slow downlink", () => {
  it.each(transports)("R4: a join that is given up doubles nothing, over %s", async (_name, transport) => {
    const { endpoint, port } = await serve();
    const proxy = await cuttingProxy(port);
    const { channel, socket, got, reports } = listen(proxy.port, transport, { timeout: 200 });
    const joined = new Promise((resolve) => channel.joinPush.receive("ok", resolve));
    channel.join();
    await joined;
    tell(endpoint, 1, 3);
    await vi.waitFor(() => expect(got).toEqual([1, 2, 3]));
    const lost = new Promise((resolve) => channel.onError(resolve));
    proxy.cut();
    await lost;
    tell(endpoint, 4, 60);
    // The connection opens, but the reply to its join does not come in time.
    let givenUp = 0;
    channel.joinPush.receive("timeout", () => givenUp++);
    await new Promise((resolve) => socket.onOpen(() => resolve(proxy.hold())));
    await vi.waitFor(() => expect(givenUp).toBeGreaterThan(1));
    proxy.release();
    await vi.waitFor(() => expect(got).toHaveLength(60));
    tell(endpoint, 61, 61);
    await vi.waitFor(() => expect(got).toEqual(numbers(1, 61)));
    expect(reports.every(({ recovered }) => recovered)).toBe(true);
  });
});

describe("phoenix.js with @wingbeat/client/phoenix", () => {
  it("recovers over a connection that breaks", async () => {
    /** Exported, but absent from the types. */
    const { Serializer } = phoenix as unknown as { Serializer: PhoenixSerializer };
    const { endpoint, port } = await serve();
    const proxy = await cuttingProxy(port);
    const got: unknown[] = [];
    const reports: unknown[] = [];
    const { encode, decode, position } = recovery(Serializer, (topic, { recovered }) =>
      reports.push([topic, recovered]),
    );
    const options = { transport: WebSocket, encode, decode, reconnectAfterMs: () => 1, rejoinAfterMs: () => 1 };
    const socket = new phoenix.Socket(
      `ws://127.0.0.1:${proxy.port}/socket`,
      options as unknown as Partial<SocketConnectOption>,
    );
    onTestFinished(() => new Promise<void>((resolve) => socket.disconnect(resolve)));
    socket.connect();
    const channel = socket.channel(TOPIC);
    channel.on("news", ({ n }: { n: number }) => void got.push(n));
    channel.on("bytes", (bytes: ArrayBuffer) => void got.push(new Uint8Array(bytes)[0]));
    await new Promise((resolve) => channel.join().receive("ok", resolve));
    tell(endpoint, 1, 4);
    await vi.waitFor(() => expect(got).toEqual([1, 2, 3, 4]));
    for (const last of [8, 12, 16]) {
      const lost = new Promise<void>((resolve) => channel.onError(() => resolve()));
      proxy.cut();
      await lost;
      tell(endpoint, last - 3, last);
      await vi.waitFor(() => expect(got).toEqual(numbers(1, last)));
    }
    tell(endpoint, 17, 17);
    await vi.waitFor(() => expect(got).toEqual(numbers(1, 17)));
    expect(reports).toEqual([TOPIC, TOPIC, TOPIC].map((topic) => [topic, true]));
    expect(position(TOPIC)).toEqual(await endpoint.position(TOPIC));
    await endpoint.clearHistory(TOPIC);
    await vi.waitFor(() => expect(reports.at(-1)).toEqual([TOPIC, false]));
  });
});
