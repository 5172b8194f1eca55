/** Ways to use up a server's memory and time with what its protocol allows. */
import { connect } from "node:net";
import type { Socket } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { setImmediate as turn } from "node:timers/promises";
import { frameBytes, Opcode } from "../raw-client.ts";
import { post, request } from "../http/requests.ts";
import { send } from "../http/send.ts";
import { flood } from "./flood.ts";
import type { Clock, Flood, Spent } from "./flood.ts";

export interface Attack {
  readonly name: string;
  /** How many connections it has at one time: each may cost what docs/reference/limits.md allows it. */
  readonly connections: number;
  /** Belongs to the short form: the server has forgotten it as soon as it is over. */
  readonly isShort?: true;
  run(port: number, clock: Clock, spent: Spent): Promise<void>;
}

/** The largest frame that is taken, and some bytes for what stands around a payload. */
const FRAME = 1_000_000 - 200;
const join = (topic: string, payload = "{}"): string => `["1","1","${topic}","phx_join",${payload}]`;
const push = (topic: string, event: string, payload: string): string => `["1","2","${topic}","${event}",${payload}]`;
const text = (length: number): string => `{"text":"${"x".repeat(length)}"}`;

type Given = Omit<Flood, "port" | "path"> & { readonly path?: string; readonly isShort?: true };

function flooding(name: string, given: Given): Attack {
  const path = given.path ?? "/socket/websocket?vsn=2.0.0&id=attacker";
  const run: Attack["run"] = (port, clock, spent) => flood({ ...given, path, port }, clock, spent);
  return { name, connections: given.connections, ...(given.isShort ? { isShort: true } : {}), run };
}

const large = text(FRAME);
const manyObjects = `[${"{},".repeat(FRAME / 3 - 1)}{}]`;
const manyLists = `[${"[],".repeat(FRAME / 3 - 1)}[]]`;
const deepArrays = "[".repeat(FRAME);
/** A frame that takes a few kilobytes on the wire. */
function compressed(message: string): Uint8Array {
  const bytes = deflateRawSync(message, { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return frameBytes(Opcode.text, bytes.subarray(0, -4), { reserved: 4 });
}
const bomb = compressed(push("echo:1", "echo", text(FRAME * 0.9)));
const listBomb = compressed(push("slow:1", "echo", manyLists));
const endless = deflateRawSync(Buffer.alloc(200_000_000), { level: 9 });
const endlessBomb = frameBytes(Opcode.text, endless, { reserved: 4 });
const blocked = [join("slow:1"), push("slow:1", "never", "{}")];

export const ATTACKS: readonly Attack[] = [
  // By one client: the figure to hold beside the documented sum.
  flooding("[[],[],…] to a blocked channel, by one client that does not read", {
    connections: 1,
    hello: [...blocked, join("echo:1")],
    message: (n) => (n % 4 === 3 ? push("slow:1", "echo", manyLists) : push("echo:1", "echo", text(100_000))),
    reads: false,
  }),
  flooding("[{},{},…] to a blocked channel, by one client", {
    connections: 1,
    hello: blocked,
    message: () => push("slow:1", "echo", manyObjects),
  }),
  flooding("deflate bombs to a blocked channel, by one client", {
    connections: 1,
    path: "/compressed/websocket?vsn=2.0.0",
    hello: blocked,
    message: () => listBomb,
    options: { compress: true },
  }),
  flooding("[[],[],…] that is echoed to one client", {
    isShort: true,
    connections: 1,
    hello: [join("echo:1")],
    message: () => push("echo:1", "echo", manyLists),
  }),
  flooding("large frames to a blocked channel", {
    connections: 4,
    hello: blocked,
    message: () => push("slow:1", "echo", large),
  }),
  flooding("[{},{},…] to a blocked channel", {
    connections: 4,
    hello: blocked,
    message: () => push("slow:1", "echo", manyObjects),
  }),
  flooding("[{},{},…] that is echoed", {
    connections: 2,
    hello: [join("echo:1")],
    message: () => push("echo:1", "echo", manyObjects),
  }),
  flooding("[[[[… to a channel that echoes", {
    connections: 4,
    hello: [join("echo:1")],
    message: () => push("echo:1", "echo", deepArrays),
  }),
  flooding("joins of topics with long names", {
    connections: 4,
    hello: [],
    message: (n) => join(`echo:${n}${"x".repeat(1_000)}`, text(1_000)),
  }),
  flooding("topics and refs of megabytes", {
    connections: 4,
    hello: [],
    message: (n) => `["${"r".repeat(FRAME / 2)}","2","echo:${n}${"x".repeat(FRAME / 2 - 100)}","phx_join",{}]`,
  }),
  flooding("deflate bombs", {
    connections: 4,
    path: "/compressed/websocket?vsn=2.0.0",
    hello: [join("echo:1")],
    message: (n) => (n % 10 === 9 ? endlessBomb : bomb),
    options: { compress: true },
  }),
  flooding("slow readers", {
    connections: 8,
    hello: [join("echo:1"), join("relay:1")],
    message: () => push("echo:1", "echo", text(50_000)),
    reads: false,
  }),
  flooding("small messages, as many as fit", {
    connections: 4,
    hello: [join("echo:1")],
    message: () => push("echo:1", "echo", "{}"),
  }),
  flooding("large broadcasts to everybody's room", {
    connections: 4,
    hello: [join("relay:1")],
    message: () => push("relay:1", "relay", large),
  }),
  flooding("small broadcasts to everybody's room", {
    connections: 2,
    hello: [join("relay:1")],
    message: () => push("relay:1", "whisper", "{}"),
  }),
  flooding("broadcasts that everybody intercepts, asynchronously", {
    connections: 2,
    hello: [join("out:1")],
    message: () => push("out:1", "whisper", text(1_000)),
  }),
  flooding("presence updates with large metas", {
    connections: 4,
    path: "/socket/websocket?vsn=2.0.0&id=flooder",
    hello: [join("presence:1")],
    message: (n) => push("presence:1", "update", `{"n":${n},"text":"${"x".repeat(15_000)}"}`),
  }),
  flooding("presences of one client, as many as fit", {
    connections: 4,
    hello: [join("presence:1")],
    message: (n) => push("presence:1", "track", `{"key":"${n}${"k".repeat(500)}","text":"${"x".repeat(10_000)}"}`),
  }),
  flooding("subscriptions and timers of a channel", {
    connections: 4,
    hello: [join("info:1")],
    message: (n) =>
      n % 2 === 0
        ? push("info:1", "subscribe", `{"topic":"${n}${"x".repeat(500)}"}`)
        : push("info:1", "later", `{"ms":600000,"text":"${"x".repeat(500)}"}`),
  }),
  flooding("crashes and nonsense that is logged", {
    isShort: true,
    connections: 4,
    hello: [],
    message: (n) =>
      n % 3 === 0
        ? join("crash:1")
        : n % 3 === 1
          ? push("crash:1", "throw", text(5_000))
          : push("x".repeat(900), "y".repeat(900), "{}"),
  }),
  { name: "connections that come and go", connections: 32, run: comeAndGo },
  { name: "half-open connections", connections: 0, run: halfOpen },
  { name: "sessions of long polling that nobody polls", connections: 50, run: longPolls },
];

async function comeAndGo(port: number, clock: Clock, spent: Spent): Promise<void> {
  const path = "/socket/websocket?vsn=2.0.0&id=attacker";
  await flood({ port, path, connections: 32, hello: [join("echo:1")], message: () => "[" }, clock, spent);
}

/** As many as this process may open, each with the beginning of a request. */
const HALF_OPEN = 4_000;

async function halfOpen(port: number, clock: Clock, spent: Spent): Promise<void> {
  const sockets = new Set<Socket>();
  const open = (): void => {
    const socket = connect({ host: "127.0.0.1", port });
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.write("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: ");
    spent.connections++;
  };
  while (clock.isOn) {
    for (let n = 0; n < 50 && sockets.size < HALF_OPEN; n++) open();
    await turn();
    if (sockets.size >= HALF_OPEN) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const socket of sockets) socket.resetAndDestroy();
}

async function longPolls(port: number, clock: Clock, spent: Spent): Promise<void> {
  const session = async (): Promise<void> => {
    const answer = await send(
      port,
      request("GET /socket/longpoll?vsn=2.0.0&id=attacker", "connection: close\r\n"),
      "end",
    );
    spent.connections++;
    const token = encodeURIComponent(/"token":"([^"]*)"/.exec(answer)?.[1] ?? "");
    for (let n = 0; n < 5 && clock.isOn; n++) {
      const lines = [...blocked, push("slow:1", "echo", large), join("echo:1"), push("echo:1", "echo", text(200_000))];
      const bytes = post(`/socket/longpoll?vsn=2.0.0&token=${token}`, lines.join("\n"), "connection: close\r\n");
      await Promise.race([send(port, bytes, "end").catch(() => {}), clock.over]);
      spent.messages += lines.length;
      spent.bytes += bytes.length;
    }
  };
  const attacker = async (): Promise<void> => {
    while (clock.isOn) await session();
  };
  await Promise.all(Array.from({ length: 10 }, attacker));
}
