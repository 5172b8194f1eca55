/** docs/guide/troubleshooting.md quotes what is really printed: each symptom is produced, and must look as it says there. */
import { once } from "node:events";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { Socket } from "@wingbeat/client";
import type { SocketOptions } from "@wingbeat/client";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "wingbeat";
import type { Endpoint, EndpointOptions } from "wingbeat";
import { redisAdapter } from "wingbeat/pubsub/redis";
import { WebSocket } from "ws";
import { z } from "zod";
import { findProgram, Program } from "../../packages/server/test/pubsub/program.ts";
import { freePort } from "../test/free-port.ts";
import { compileBlocks, writeBlocks } from "./compile.ts";
import { readDocument } from "./documents.ts";

/** Durations, ports and sizes differ each time. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\d.]+(ms|µs)/g, "…ms")
    .replaceAll(/(127\.0\.0\.1):\d+/g, "$1:…")
    .replaceAll(/\d+ bytes/g, "… bytes");

const guide = plain(readDocument("docs/guide/troubleshooting.md"));
const quotes = (text: string): void => {
  if (!guide.includes(plain(text))) throw new Error(`docs/guide/troubleshooting.md does not quote:\n${text}`);
};

const redis =
  findProgram("redis-server") === undefined && process.env["CI"] === undefined
    ? { isMissing: true, note: " (left out: apt-get install redis-server)" }
    : { isMissing: false, note: "" };

const never = () => new Promise<never>(() => {});

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string } }>()
  .join(({ params: { id } }) => {
    if (id === "private") return refuse({ reason: "unauthorized" });
    if (id === "broken") throw new Error("no such table: rooms");
    return id === "slow" ? never() : ok();
  })
  .handleIn("new_msg", z.object({ body: z.unknown().refine((body) => body !== "no") }), () => ok())
  .handleIn("typed", z.object({ body: z.string() }), () => ok())
  .handleIn("crash", () => {
    throw new Error("x is not a function");
  });

const userSocket = defineSocket({
  connect: ({ token }) => {
    if (token === "crash") throw new Error("the database is down");
    if (token === "slow") return never();
    return token === "expired" ? refuse("login") : ok();
  },
  channels: [room],
  slowCallback: 50,
});

interface Served {
  readonly endpoint: Endpoint;
  readonly port: number;
  /** Resolves with the first line of the log that begins so. */
  logged(start: string): Promise<string>;
}

async function serve(options: Partial<EndpointOptions> = {}): Promise<Served> {
  const lines: string[] = [];
  const put = (line: string): void => void lines.push(line);
  const endpoint = createEndpoint({
    sockets: { "/socket": { socket: userSocket, longpoll: true } },
    logger: { level: "debug", sink: { debug: put, info: put, warn: put, error: put } },
    ...options,
  }) as Endpoint;
  onTestFinished(() => endpoint.close({ drain: false }));
  const { port } = await endpoint.listen(0, "127.0.0.1");
  const logged = async (start: string): Promise<string> => {
    const found = (): string | undefined => lines.find((line) => line.startsWith(start));
    await expect.poll(found).toBeDefined();
    return found() ?? "";
  };
  return { endpoint, port, logged };
}

/** The guide quotes the line of the log that begins so. */
const quotesLog = async ({ logged }: Served, start: string, upTo?: string): Promise<void> => {
  const line = await logged(start);
  quotes(upTo === undefined ? line : line.slice(0, line.indexOf(upTo)));
};

function clientOf(port: number, options: SocketOptions = {}) {
  const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket as never, ...options });
  onTestFinished(() => socket.disconnect());
  const closed = new Promise<{ code?: number; reason?: string }>((resolve) =>
    socket.onClose((event) => resolve(event as never)),
  );
  socket.connect();
  return { socket, closed };
}

const failure = (promise: PromiseLike<unknown>): Promise<Error & { reason: string; response: unknown }> =>
  Promise.resolve(promise).then(
    () => Promise.reject(new Error("it should have failed")),
    (error) => error as never,
  );

const quotesFailure = async (promise: PromiseLike<unknown>): Promise<void> => quotes((await failure(promise)).message);

const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** What curl would show. */
function knock(port: number, path = "/socket/websocket?vsn=2.0.0", headers: Record<string, string> = UPGRADE) {
  return new Promise<{ readonly status: number | undefined; readonly body: string }>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, headers }, (response) => {
      let body = "";
      response
        .on("data", (chunk) => (body += String(chunk)))
        .on("end", () => resolve({ status: response.statusCode, body }));
    });
    asked.on("upgrade", ({ statusCode }, tcp) => {
      tcp.destroy();
      resolve({ status: statusCode, body: "" });
    });
    asked.on("error", reject).end();
  });
}

describe("cannot connect", () => {
  it("is told by status and log", async () => {
    const served = await serve({ connectTimeout: 50 });
    const { port } = served;
    const path = "/socket/websocket?vsn=2.0.0";
    expect((await knock(port)).status).toBe(101);

    expect((await knock(port, path, { ...UPGRADE, origin: "https://app.example.com" })).status).toBe(403);
    await quotesLog(served, "REFUSED /socket by origin");
    expect((await knock(port, `${path}&token=expired`)).status).toBe(403);
    await quotesLog(served, "REFUSED /socket by connect with");
    expect((await knock(port, "/socket/websocket?vsn=3.0.0")).status).toBe(403);
    await quotesLog(served, "REFUSED /socket by version");
    expect(await knock(port, "/socket?vsn=2.0.0")).toEqual({ status: 404, body: "not found" });
    const { status, body } = await knock(port, path, {});
    expect(status).toBe(400);
    quotes(`| 400, \`${body}\` |`);
    await quotesLog(served, "REFUSED /socket by request");
    expect((await knock(port, `${path}&token=crash`)).status).toBe(500);
    await quotesLog(served, "REFUSED /socket by connect crashed");
    expect((await knock(port, `${path}&token=slow`)).status).toBe(503);
    await quotesLog(served, "REFUSED /socket by timeout");
  });

  it("beyond a limit, and while the node drains", async () => {
    const served = await serve({ maxConnections: 1 });
    const { socket } = clientOf(served.port);
    await failure(socket.channel("room:private").join());
    expect((await knock(served.port)).status).toBe(503);
    await quotesLog(served, "REFUSED /socket by limit");
    const draining = await serve();
    await draining.endpoint.drain();
    expect((await knock(draining.port)).status).toBe(503);
    await quotesLog(draining, "REFUSED /socket by draining");
  });

  it("without a WebSocket", () => {
    const { WebSocket: own } = globalThis;
    onTestFinished(() => void Object.assign(globalThis, { WebSocket: own }));
    Object.assign(globalThis, { WebSocket: undefined });
    const reason = "no global WebSocket: pass the option transport, in Node 20 { transport: WebSocket } from ws";
    expect(() => new Socket("/socket")).toThrow(reason);
    quotes(reason);
  });

  it("as a client that was refused, which does not try again", async () => {
    const { port } = await serve();
    const { socket, closed } = clientOf(port, { params: { token: "expired" } });
    expect(await closed).toMatchObject({ code: 4403, reason: "refused" });
    expect(socket.connectionState()).toBe("refused");
    quotes("| 4403 | `refused` |");
  });
});

describe("joins and pushes", () => {
  it("say why they are refused", async () => {
    const served = await serve();
    const { socket } = clientOf(served.port, { rejoinRefused: () => false });
    await quotesFailure(socket.channel("rooms:1").join());
    await quotesLog(served, "UNMATCHED phx_join");
    await quotesFailure(socket.channel("room:private").join());
    await quotesLog(served, "JOIN REFUSED", " in ");
    await quotesFailure(socket.channel("room:broken").join());
    await quotesLog(served, "CRASHED room:broken");

    const channel = socket.channel("room:1");
    await channel.join();
    await quotesFailure(channel.push("nwe_msg", {}));
    await quotesFailure(channel.push("new_msg", { body: "no" }));
    const { response } = await failure(channel.push("typed", {}));
    quotes(
      `\`${JSON.stringify((response as { issues: unknown }).issues)
        .replaceAll(/([:,])(?=["[])/g, "$1 ")
        .replace("[{", "[{ ")
        .replace("}]", " }]")}\``,
    );
    await quotesFailure(channel.push("crash", {}));
    await quotesLog(served, "CRASHED room:1");
  });

  it("say that the params do not fit", async () => {
    const strict = defineChannel("room:{id}").join(z.object({ token: z.string() }), () => ok());
    const served = await serve({ sockets: { "/socket": defineSocket({ connect: () => ok(), channels: [strict] }) } });
    const { socket } = clientOf(served.port, { rejoinRefused: () => false });
    await quotesFailure(socket.channel("room:1").join());
    await quotesLog(served, "JOIN INVALID PAYLOAD", " in ");
  });

  it("time out behind a callback that never settles", async () => {
    const served = await serve();
    const { socket } = clientOf(served.port);
    await quotesFailure(socket.channel("room:slow").join(100));
    await quotesLog(served, "SLOW join");
  });

  it("are refused beyond maxChannels", async () => {
    const served = await serve();
    const { socket } = clientOf(served.port, { rejoinRefused: () => false });
    await Promise.all(Array.from({ length: 100 }, (_, n) => socket.channel(`room:${n + 1}`).join()));
    await quotesFailure(socket.channel("room:101").join());
    await quotesLog(served, "TOO MANY CHANNELS");
  });

  it("are refused beyond eventsPerSecond, and then the connection is closed", async () => {
    const limited = defineSocket({ connect: () => ok(), channels: [room], eventsPerSecond: 5 });
    const served = await serve({ sockets: { "/socket": limited } });
    const { socket, closed } = clientOf(served.port);
    const channel = socket.channel("room:2");
    await channel.join();
    const pushes = Array.from({ length: 200 }, () => failure(channel.push("new_msg", { body: "no" })));
    expect((await Promise.all(pushes)).map(({ message }) => message)).toContain(
      '"new_msg" on "room:2" failed: rate limited',
    );
    quotes('"new_msg" on "room:2" failed: rate limited');
    await quotesLog(served, "RATE LIMITED");
    expect(await closed).toMatchObject({ code: 1008, reason: "rate limited" });
    quotes("| 1008 | `rate limited` |");
  });

  it("fail when too many wait for a connection", async () => {
    const { socket } = clientOf(await freePort(), { maxBufferedPushes: 1 });
    const channel = socket.channel("room:1");
    void failure(channel.join());
    void failure(channel.push("new_msg", {}));
    await quotesFailure(channel.push("new_msg", {}));
  });
});

describe("a connection closes", () => {
  it.each([
    [1009, { body: "x".repeat(1_000_001) }],
    [1011, { body: JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`) as unknown }],
  ])("with %i for a payload that is too large or too deep", async (code, payload) => {
    const served = await serve();
    const { socket, closed } = clientOf(served.port);
    const channel = socket.channel("room:1");
    await channel.join();
    await quotesFailure(channel.push("new_msg", payload));
    const { code: seen, reason = "" } = await closed;
    expect(seen).toBe(code);
    quotes(reason === "" ? `| ${code} | |` : `| ${code} | \`${reason}\` |`);
    if (code === 1011) await quotesLog(served, "BAD FRAME");
  });

  it("with 1006 behind a proxy that does not wait for the heartbeat", async () => {
    const served = await serve();
    const proxy = createServer((outside: TcpSocket) => {
      const inside = connect(served.port, "127.0.0.1");
      for (const [from, to] of [
        [outside, inside],
        [inside, outside],
      ] as const) {
        from.pipe(to);
        from.on("error", () => {}).on("close", () => to.destroy());
      }
      outside.setTimeout(200, () => outside.destroy());
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void proxy.close());
    await once(proxy, "listening");
    const { closed } = clientOf((proxy.address() as AddressInfo).port);
    expect(await closed).toMatchObject({ code: 1006 });
    await quotesLog(served, "CLOSED /socket");
  });

  it("with 1012 when the server restarts", async () => {
    const served = await serve();
    const { socket, closed } = clientOf(served.port);
    await socket.channel("room:1").join();
    await served.endpoint.drain();
    const { code, reason } = await closed;
    quotes(`| ${code} | \`${reason}\` |`);
  });

  it("for a client that does not read", async () => {
    const served = await serve();
    const reader = new WebSocket(`ws://127.0.0.1:${served.port}/socket/websocket?vsn=2.0.0`);
    onTestFinished(() => reader.terminate());
    await once(reader, "open");
    reader.send('["1","1","room:1","phx_join",{}]');
    await once(reader, "message");
    reader.pause();
    const text = "x".repeat(500_000);
    void (async () => {
      for (let sent = 0; sent < 200; sent++) {
        served.endpoint.broadcastUnchecked("room:1", "new_msg", { text });
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await quotesLog(served, "SLOW CONSUMER");
  });
});

describe("nodes", () => {
  it("without an adapter are alone, and do not know each other's long polling", async () => {
    const [one, other] = [await serve(), await serve()];
    quotes(`"${one.endpoint.pubsub.status().adapter}": this node reaches nobody else`);
    const poll = async ({ port }: Served, token = ""): Promise<{ readonly status: number; readonly token: string }> =>
      (await (await fetch(`http://127.0.0.1:${port}/socket/longpoll?vsn=2.0.0&token=${token}`)).json()) as never;
    const { token } = await poll(one);
    expect((await poll(other, token)).status).toBe(410);
  });

  it.skipIf(redis.isMissing)(`say that their engine, and the history in it, are down${redis.note}`, async () => {
    const logged = defineChannel("log:{id}")
      .history()
      .join(() => ok());
    const port = await freePort();
    const server = new Program({
      ...{ command: "redis-server", ready: "Ready to accept connections" },
      args: ["--port", String(port), "--save", "", "--bind", "127.0.0.1"],
    });
    onTestFinished(() => server.stop("SIGKILL"));
    await server.start();
    const served = await serve({
      sockets: { "/socket": { socket: defineSocket({ connect: () => ok(), channels: [logged] }), longpoll: true } },
      pubsub: redisAdapter({ connect: () => new Redis(port, "127.0.0.1") }),
    });
    await quotesLog(served, "LONG POLLING clients stay");
    await served.logged("CONNECTED to the history store");
    await server.stop();
    await quotesLog(served, "DISCONNECTED from other nodes");
    await quotesLog(served, "DISCONNECTED from the history store");
    expect(served.endpoint.health().status).toBe("degraded");
  });
});

describe("the compiler", () => {
  const chain = (length: number): string =>
    Array.from({ length }, (_, n) => `.handleIn("e${n}", z.object({ a: z.string() }), () => ok({ b: ${n} }))`).join("");
  const block = (name: string, text: string) => ({
    ...{ document: "mistakes", line: 1, language: "ts", note: "", file: `${name}.ts`, with: "" },
    text,
  });
  const imports = `import { Socket } from "@wingbeat/client";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { z } from "zod";\n`;
  const socketOf = (name: string, length: number): string => `${imports}
const room = defineChannel("room:{id}").join(() => ok())${chain(length)};
const userSocket = defineSocket({ connect: () => ok(), channels: [room] });
export const ${name} = new Socket<typeof userSocket>("/socket").channel("room:1").push("e3", { a: "" });\n`;

  it("says what the guide quotes, and takes 90 handlers", () => {
    const blocks = [
      block(
        "mistakes",
        `${imports}
const room = defineChannel("room:{id}").join(() => ok()).handleIn("new_msg", () => ok()).handleIn("quiet", () => {})
  .handleIn("assigns", (ctx) => void ctx.assigns.user);
export const userSocket = defineSocket({ connect: () => ok(), channels: [room] });
const socket = new Socket<typeof userSocket>("/socket");
socket.channel("rooms:1");
socket.channel(String("room:1"));
socket.channel("room:1").push("nwe_msg", {});
await socket.channel("room:1").push("quiet", {});
new Socket("/socket").channel("x").on("y", (p) => p.body);
const strict = defineChannel("n:{id}").assigns<{ user: number }>().join(() => ok());
defineSocket({ connect: () => ok({}), channels: [strict] });\n`,
      ),
      block(
        "circular",
        `${imports}
const room = defineChannel("room:{id}").join(() => ok({ count: count() }));
const endpoint = createEndpoint({ sockets: { "/socket": defineSocket({ connect: () => ok(), channels: [room] }) } });
const count = () => endpoint.health().connections;\n`,
      ),
      block("many", socketOf("many", 90)),
      block("too-many", socketOf("tooMany", 120)),
    ];
    writeBlocks(blocks);
    const said = compileBlocks(blocks).join("\n");
    for (const text of [
      `Argument of type '"rooms:1"' is not assignable to parameter of type`,
      "Argument of type 'string' is not assignable to parameter of type '`room:${string}`'",
      `Argument of type '"nwe_msg"' is not assignable to parameter of type '"`,
      "'p' is of type 'unknown'",
      "Property 'user' does not exist on type 'Readonly<Record<never, never>>'",
      `Property '"this channel declares assigns that connect and its route do not provide"' is missing`,
      `Mistake<"the handler of this event never replies: use channel.cast, or return ok() from it">`,
      "'room' implicitly has type 'any' because it",
      "is referenced directly or indirectly in its own initializer",
      "Type instantiation is excessively deep and possibly infinite",
    ]) {
      expect(said).toContain(text);
      quotes(text);
    }
    expect(said.split("excessively deep").length - 1).toBeLessThanOrEqual(3);
  });
});
