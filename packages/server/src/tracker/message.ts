/** The messages between shards of different nodes, as JSON that any PubSub adapter can carry. Pure. */
import type { Clocks } from "./clock.ts";
import { freezeMeta, Part } from "./delta.ts";
import type { Delta, Meta } from "./delta.ts";

/** All messages name the replica that sends them. */
export type ShardMessage =
  /** A heartbeat: "I am here, this is what I know", with recent changes, if any. */
  | { readonly kind: "heartbeat"; readonly from: string; readonly clocks: Clocks; readonly delta: Delta }
  /** "This is what I know: send me what you know beyond it." */
  | { readonly kind: "transfer_req"; readonly from: string; readonly clocks: Clocks }
  /** The answer. `isSnapshot`: the whole state, because no delta was long enough. */
  | { readonly kind: "transfer_ack"; readonly from: string; readonly isSnapshot: boolean; readonly delta: Delta }
  /** A goodbye: "I am stopping, and will not come back." */
  | { readonly kind: "permdown"; readonly from: string };

type WireEntry = readonly [clock: number, pid: number, topic: string, key: string, meta: Meta];
type WirePart = readonly [replica: string, start: number, end: number, dots: number[], entries: WireEntry[]];

/** The message as plain data. Strings chosen by users are never property names. */
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

/**
 * Parses a message. Undefined when it is malformed. An entry whose meta is nested too deeply is skipped, as if it had
 * been removed: `refused` is called with it.
 */
export function decode(data: unknown, refused: (entry: unknown) => void = () => {}): ShardMessage | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { kind, from, clocks, delta, isSnapshot } = data as Readonly<Record<string, unknown>>;
  if (!isRef(from)) return undefined;
  const readClocks = isListOf(clocks, isClock) ? new Map(clocks) : undefined;
  const readDelta = isListOf(delta, isPart)
    ? new Map(delta.map((part) => [part[0], decodePart(part, refused)]))
    : undefined;
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

function decodePart([replica, start, end, dots, entries]: WirePart, refused: (entry: unknown) => void): Part {
  const part = new Part(start, end, dots);
  for (const entry of entries) {
    const [clock, pid, topic, key, meta] = entry;
    if (freezeMeta(meta)) part.entries.set(clock, { replica, clock, pid, topic, key, meta });
    else refused(entry);
  }
  return part;
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** `<vsn>@<node name>` */
const isRef = (value: unknown): value is string => typeof value === "string" && /^\d{1,16}@[^]{0,255}$/.test(value);

const isClock = (value: unknown): value is [string, number] =>
  Array.isArray(value) && isRef(value[0]) && isCount(value[1]);

const isEntry = (value: unknown): value is WireEntry =>
  Array.isArray(value) &&
  isCount(value[0]) &&
  isCount(value[1]) &&
  typeof value[2] === "string" &&
  typeof value[3] === "string" &&
  typeof value[4] === "object" &&
  value[4] !== null &&
  !Array.isArray(value[4]);

/** Every entry of a part must be covered by it: by its range, or by `dots`. */
const isPart = (value: unknown): value is WirePart => {
  if (!Array.isArray(value)) return false;
  const [replica, start, end, dots, entries] = value as readonly unknown[];
  if (!isRef(replica) || !isCount(start) || !isCount(end) || start > end) return false;
  if (!isListOf(dots, isCount) || !isListOf(entries, isEntry)) return false;
  const outside = entries.filter(([clock]) => clock <= start || clock > end);
  if (outside.length === 0) return true;
  const known = new Set(dots);
  return outside.every(([clock]) => known.has(clock));
};
