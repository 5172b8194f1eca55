/**
 * A process that reads cursor positions, and notes when each has come: as light for one server as for the other. To
 * Wingbeat's marks it answers as `@wingbeat/client` does, if its URL asks for them.
 */
import { WebSocket } from "ws";

export interface Update {
  readonly n: number;
  /** When it was sent, and when it was read here. */
  readonly at: number;
  readonly receivedAt: number;
  readonly bytes: number;
}

const [kind, url = "", topic = ""] = process.argv.slice(2);
const updates: Update[] = [];
const socket = new WebSocket(url, { perMessageDeflate: false });

function note({ n, at }: Pick<Update, "n" | "at">, bytes: number): void {
  updates.push({ n, at, receivedAt: Date.now(), bytes });
}

function ofWingbeat(text: string): void {
  const [, , , event, payload] = JSON.parse(text) as [unknown, unknown, unknown, string, Update];
  if (event === "wb_ack") socket.send(text);
  else if (event === "phx_reply") process.send?.("ready");
  else note(payload, text.length);
}

/** Engine.IO: 0 opens, 2 is a ping. Socket.IO: 40 connects, 42 is an event. */
function ofSocketIo(text: string): void {
  if (text.startsWith("0")) socket.send("40");
  else if (text === "2") socket.send("3");
  else if (text.startsWith("40")) process.send?.("ready");
  else if (text.startsWith("42")) note((JSON.parse(text.slice(2)) as [string, Update])[1], text.length);
}

if (kind === "wingbeat") socket.on("open", () => socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}])));
socket.on("message", (data: Buffer) => (kind === "wingbeat" ? ofWingbeat : ofSocketIo)(data.toString()));

process.on("message", () => process.send?.(updates));
process.on("disconnect", () => process.exit());
