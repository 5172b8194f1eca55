/** The messages that a tap has shown so far: the newest of them, and which reply belongs to which message. */
import type { TapBatch, TapFrame } from "../contract.ts";

export interface LoggedFrame extends TapFrame {
  /** Counted from 1, in the order of arrival. */
  readonly nth: number;
}

/** A message of a client and its reply. */
export interface Pair {
  readonly asked?: LoggedFrame;
  readonly reply?: LoggedFrame;
}

export interface TapLog {
  readonly frames: readonly LoggedFrame[];
  readonly pairs: ReadonlyMap<string, Pair>;
  /** How many there were, with those that are not kept any more. */
  readonly seen: number;
  /** How many were left out by the server, because there were too many. */
  readonly dropped: number;
}

export const NOTHING_SEEN: TapLog = { frames: [], pairs: new Map(), seen: 0, dropped: 0 };

/** So many are kept. */
export const MAX_FRAMES = 1_000;

/** The name of the pair that a frame may be part of. A ref is of one connection. */
export function pairOf({ node, key, topic, ref, direction, event }: TapFrame): string | null {
  if (ref === null || (direction === "out" && event !== "phx_reply")) return null;
  return JSON.stringify([node, key, topic, ref]);
}

export function withBatch(log: TapLog, { frames, dropped }: TapBatch): TapLog {
  const logged = frames.map((frame, at) => ({ ...frame, nth: log.seen + at + 1 }));
  const all = [...log.frames, ...logged].slice(-MAX_FRAMES);
  return { frames: all, pairs: pairsOf(all), seen: log.seen + frames.length, dropped: log.dropped + dropped };
}

function pairsOf(frames: readonly LoggedFrame[]): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const frame of frames) {
    const name = pairOf(frame);
    if (name === null) continue;
    pairs.set(name, { ...pairs.get(name), [frame.direction === "in" ? "asked" : "reply"]: frame });
  }
  return pairs;
}

export interface TapFilter {
  readonly text: string;
  readonly direction: "in" | "out" | "both";
}

export function passes(frame: TapFrame, { text, direction }: TapFilter): boolean {
  if (direction !== "both" && frame.direction !== direction) return false;
  if (text === "") return true;
  const wanted = text.toLowerCase();
  return [frame.event, frame.topic, frame.id ?? "", frame.payload].some((value) =>
    value.toLowerCase().includes(wanted),
  );
}
