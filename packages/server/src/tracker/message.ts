/** What shards of different nodes tell each other, as JSON that any PubSub adapter can carry. Pure. */
import type { Clocks } from "./clock.ts";
import { Part } from "./delta.ts";
import type { Delta, Entry, Meta } from "./delta.ts";

/** All messages say which replica sends them. */
export type ShardMessage =
  /** "I am here, this is what I know", with what has changed, if anything. */
  | { readonly kind: "heartbeat"; readonly from: string; readonly clocks: Clocks; readonly delta: Delta }
  /** "This is what I know: send me what you know beyond it." */
  | { readonly kind: "transfer_req"; readonly from: string; readonly clocks: Clocks }
  /** The answer. `isSnapshot`: everything, because no delta was long enough. */
  | { readonly kind: "transfer_ack"; readonly from: string; readonly isSnapshot: boolean; readonly delta: Delta }
  /** "I stop, and will not come back." */
  | { readonly kind: "permdown"; readonly from: string };

type WireEntry = readonly [clock: number, pid: number, topic: string, key: string, meta: Meta];
type WirePart = readonly [replica: string, start: number, end: number, dots: number[], entries: WireEntry[]];

/** The message as plain data. Texts that users choose are never names of properties. */
export function encode(message: ShardMessage): object {
  switch (message.kind) {
    case "heartbeat":
      return { ...message, clocks: [...message.clocks], delta: encodeDelta(message.delta) };
    case "transfer_req":
      return { ...message, clocks: [...message.clocks] };
    case "transfer_ack":
      return { ...message, delta: encodeDelta(message.delta) };
    case "permdown":
      return message;
  }
}

/** Reads a message. Undefined when it is none. */
export function decode(data: unknown): ShardMessage | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { kind, from, clocks, delta, isSnapshot } = data as Readonly<Record<string, unknown>>;
  if (typeof from !== "string") return undefined;
  const readClocks = isListOf(clocks, isClock) ? new Map(clocks) : undefined;
  const readDelta = isListOf(delta, isPart) ? new Map(delta.map((part) => [part[0], decodePart(part)])) : undefined;
  if (kind === "heartbeat" && readClocks && readDelta) return { kind, from, clocks: readClocks, delta: readDelta };
  if (kind === "transfer_req" && readClocks) return { kind, from, clocks: readClocks };
  if (kind === "transfer_ack" && readDelta) return { kind, from, isSnapshot: isSnapshot === true, delta: readDelta };
  return kind === "permdown" ? { kind, from } : undefined;
}

function encodeDelta(delta: Delta): WirePart[] {
  return [...delta].map(([replica, { start, end, dots, entries }]) => [
    replica,
    start,
    end,
    [...dots],
    [...entries.values()].map(({ clock, pid, topic, key, meta }) => [clock, pid, topic, key, meta] as const),
  ]);
}

function decodePart([replica, start, end, dots, entries]: WirePart): Part {
  return new Part(
    start,
    end,
    dots,
    entries.map(([clock, pid, topic, key, meta]): Entry => ({
      replica,
      clock,
      pid,
      topic,
      key,
      meta: Object.freeze(meta),
    })),
  );
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isClock = (value: unknown): value is [string, number] =>
  Array.isArray(value) && typeof value[0] === "string" && isCount(value[1]);

const isEntry = (value: unknown): value is WireEntry =>
  Array.isArray(value) &&
  isCount(value[0]) &&
  isCount(value[1]) &&
  typeof value[2] === "string" &&
  typeof value[3] === "string" &&
  typeof value[4] === "object" &&
  value[4] !== null;

const isPart = (value: unknown): value is WirePart =>
  Array.isArray(value) &&
  typeof value[0] === "string" &&
  isCount(value[1]) &&
  isCount(value[2]) &&
  isListOf(value[3], isCount) &&
  isListOf(value[4], isEntry);
