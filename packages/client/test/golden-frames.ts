/** The frames of a recording, with the recorded refs replaced by those of the client that is played to. */
import type { Message } from "./fake-transport.ts";

/** What a recorded ref is for this client. */
export type RefOf = (recorded: unknown) => string | null;

/** A binary frame: its kind, its header strings, its payload. */
interface BinaryFrame {
  readonly kind: number;
  readonly strings: readonly string[];
  readonly payload: Buffer;
}

/** How many header strings a frame of each kind has, and how many of them, from the first, are refs. */
const FROM_CLIENT: Layout = { 0: { strings: 4, refs: 2 } };
const FROM_SERVER: Layout = { 0: { strings: 3, refs: 1 }, 1: { strings: 4, refs: 2 }, 2: { strings: 2, refs: 0 } };
type Layout = Readonly<Record<number, { readonly strings: number; readonly refs: number }>>;

function parse(hex: string, layout: Layout): BinaryFrame & { readonly refs: number } {
  const frame = Buffer.from(hex, "hex");
  const kind = frame[0] as number;
  const { strings: count, refs } = layout[kind] as { strings: number; refs: number };
  let at = 1 + count;
  const strings = [...frame.subarray(1, at)].map((length) => frame.subarray(at, (at += length)).toString());
  return { kind, strings, payload: frame.subarray(at), refs };
}

export function binaryFrame({ kind, strings, payload }: BinaryFrame): Buffer {
  const parts = strings.map((string) => Buffer.from(string));
  return Buffer.concat([Buffer.from([kind, ...parts.map(({ length }) => length)]), ...parts, payload]);
}

/** A frame of the recorded server as this client is to get it, and the message in it. */
export function incoming(
  step: { recv?: string; recvBin?: string },
  refOf: RefOf,
): { frame: unknown; message: Message } {
  if (step.recv !== undefined) {
    const [joinRef, ref, topic, event, payload] = JSON.parse(step.recv) as Message;
    const message: Message = [refOf(joinRef), refOf(ref), topic, event, payload];
    return { frame: JSON.stringify(message), message };
  }
  const { kind, strings: recorded, payload, refs } = parse(step.recvBin as string, FROM_SERVER);
  const strings = recorded.map((string, index) => (index < refs ? (refOf(string) ?? "") : string));
  const frame = new Uint8Array(binaryFrame({ kind, strings, payload })).buffer;
  const hex = payload.toString("hex");
  const [first = "", second = "", third = "", fourth = ""] = strings;
  if (kind === 0) return { frame, message: [first, null, second, third, hex] };
  if (kind === 2) return { frame, message: [null, null, first, second, hex] };
  return { frame, message: [first, second, third, "phx_reply", { status: fourth, response: hex }] };
}

/** What a recorded client sent, or undefined for text that is no message. Bytes are a Uint8Array. */
export function outgoing(step: { send?: string; sendBin?: string }): Message | undefined {
  if (step.sendBin !== undefined) {
    const { strings, payload } = parse(step.sendBin, FROM_CLIENT);
    return [...(strings as [string, string, string, string]), new Uint8Array(payload)];
  }
  try {
    const message = JSON.parse(step.send as string) as Message;
    return Array.isArray(message) && message.length === 5 ? message : undefined;
  } catch {
    return undefined;
  }
}

/** A value as two logs can compare it: bytes in hex. */
export function plain(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString("hex");
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
