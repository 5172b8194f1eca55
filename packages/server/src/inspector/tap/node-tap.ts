/** One tap on one node: what it takes, and what waits for its viewer. */
import type { ClientMessage } from "@wingbeat/protocol";
import type { SocketProcess } from "../../socket/process.ts";
import type { Filter } from "../../telemetry/filter.ts";
import type { Frame } from "../../transports/connection.ts";
import { TAP_RATE } from "../model.ts";
import type { TapFrame, TapTarget } from "../model.ts";
import type { Keys } from "../node/rows.ts";
import type { TapMail } from "../peers/mail.ts";
import { inFrame, outFrame, readSent } from "./frame.ts";
import type { OpenFrame } from "./frame.ts";

/** Milliseconds for which the outcome of a message is waited for. */
const OUTCOME = 1_000;
/** A topic is looked for in so many characters of a frame: topics are no longer. */
const HEAD = 8_192;

export class NodeTap {
  readonly id: string;
  /** The node of its viewer. */
  readonly viewer: string;
  readonly target: TapTarget;
  /** The connection that is tapped, once it was found: there may be very many to look through. */
  process: SocketProcess | undefined = undefined;
  readonly #node: string;
  readonly #keys: Keys;
  readonly #filter: Filter | undefined;
  readonly #quoted: string | undefined;
  #frames: (TapFrame | OpenFrame)[] = [];
  /** Messages whose outcome is not known yet, by payload: it is the same object all the way. */
  readonly #open = new Map<unknown, OpenFrame>();
  #seen = new WeakSet<Frame>();
  #dropped = 0;
  #second = 0;
  #taken = 0;

  constructor({ id, from, target }: TapMail, node: string, keys: Keys, filter: Filter | undefined) {
    this.id = id;
    this.viewer = from;
    this.target = target;
    this.#node = node;
    this.#keys = keys;
    this.#filter = filter;
    this.#quoted = "topic" in target ? JSON.stringify(target.topic) : undefined;
  }

  /** Whether a message of a client concerns it. Gives no keys: most are of others. */
  concerns(process: SocketProcess, topic: unknown): boolean {
    const { target } = this;
    if ("topic" in target) return topic === target.topic;
    if ("id" in target) return process.id === target.id;
    return target.connection.node === this.#node && this.#keys.isOf(process, target.connection.key);
  }

  received(process: SocketProcess, message: ClientMessage, bytes: number): void {
    if (!this.#take()) return;
    const frame = inFrame(this.#node, this.#keys.of(process), process.id, message, bytes, Date.now(), this.#filter);
    this.#frames.push(frame);
    const { payload } = message;
    if (typeof payload === "object" && payload !== null) this.#open.set(payload, frame);
  }

  sent(process: SocketProcess, frame: Frame): void {
    if (this.#quoted !== undefined) {
      // A broadcast is one frame for all that get it.
      if (this.#seen.has(frame)) return;
      this.#seen.add(frame);
      if (typeof frame.data === "string" && !frame.data.slice(0, HEAD).includes(this.#quoted)) return;
    }
    if (!this.#take()) return;
    const sent = readSent(process.codec, frame.data);
    if ("topic" in this.target && sent.topic !== this.target.topic) {
      this.#taken--;
      return;
    }
    const isForAll = "topic" in this.target && sent.isBroadcast;
    const to = isForAll ? null : { key: this.#keys.of(process), id: process.id };
    this.#frames.push(outFrame(this.#node, to, sent, frame.data.length, Date.now(), this.#filter));
  }

  /** A message was handled. */
  handled(payload: unknown, outcome: string, duration: number): void {
    const frame = this.#open.get(payload);
    if (frame === undefined) return;
    this.#open.delete(payload);
    frame.outcome = outcome.slice(0, 100);
    frame.duration = duration;
  }

  /** A channel has crashed: what it was handling says so. */
  crashed(id: string | null, topic: string, event: string | undefined): void {
    for (const [payload, frame] of this.#open) {
      if (frame.id !== id || frame.topic !== topic || (event !== undefined && frame.event !== event)) continue;
      this.#open.delete(payload);
      frame.outcome = "crashed";
      return;
    }
  }

  /** What its viewer gets now. Undefined: nothing. */
  take(): { readonly frames: readonly TapFrame[]; readonly dropped: number } | undefined {
    const late = Date.now() - OUTCOME;
    for (const [payload, { at }] of this.#open) if (at <= late) this.#open.delete(payload);
    const waiting = new Set<TapFrame>(this.#open.values());
    const frames = this.#frames.filter((frame) => !waiting.has(frame));
    if (frames.length === 0 && this.#dropped === 0) return undefined;
    this.#frames = this.#frames.filter((frame) => waiting.has(frame));
    const dropped = this.#dropped;
    this.#dropped = 0;
    return { frames, dropped };
  }

  #take(): boolean {
    const now = Date.now();
    if (now - this.#second >= 1_000) {
      this.#second = now;
      this.#taken = 0;
    }
    if (this.#taken < TAP_RATE) {
      this.#taken++;
      return true;
    }
    this.#dropped++;
    return false;
  }
}
