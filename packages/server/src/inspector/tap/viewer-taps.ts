/** The taps of viewers on this node: they are told to all nodes, and what these send is put together. */
import { randomBytes } from "node:crypto";
import type { TapEnd } from "../inspection.ts";
import { TAP_RATE, TAP_TIME } from "../model.ts";
import type { TapBatch, TapFrame, TapTarget } from "../model.ts";
import type { FramesMail, Mail } from "../peers/mail.ts";

/** How often a tap is renewed on all nodes, and how often its viewer gets something, in ms. */
const RENEW = 3_000;
const BATCH = 250;

class ViewerTap {
  readonly target: TapTarget;
  readonly reveal: boolean;
  readonly ended: (reason: TapEnd) => void;
  readonly endsAt = performance.now() + TAP_TIME;
  renewAt = 0;
  readonly #receive: (batch: TapBatch) => void;
  #frames: TapFrame[] = [];
  #dropped = 0;
  #second = 0;
  #taken = 0;

  constructor(target: TapTarget, reveal: boolean, receive: (batch: TapBatch) => void, ended: (reason: TapEnd) => void) {
    this.target = target;
    this.reveal = reveal;
    this.ended = ended;
    this.#receive = receive;
  }

  add(frames: readonly TapFrame[], dropped: number): void {
    const now = Date.now();
    if (now - this.#second >= 1_000) {
      this.#second = now;
      this.#taken = 0;
    }
    const taken = frames.slice(0, Math.max(0, TAP_RATE - this.#taken));
    this.#taken += taken.length;
    this.#frames.push(...taken);
    this.#dropped += Math.max(0, dropped) + frames.length - taken.length;
  }

  flush(): void {
    if (this.#frames.length === 0 && this.#dropped === 0) return;
    const frames = this.#frames.sort((a, b) => a.at - b.at);
    const dropped = this.#dropped;
    this.#frames = [];
    this.#dropped = 0;
    this.#receive({ frames, dropped });
  }
}

export class ViewerTaps {
  readonly #node: string;
  readonly #tellAll: (mail: Mail) => void;
  readonly #taps = new Map<string, ViewerTap>();
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(node: string, tellAll: (mail: Mail) => void) {
    this.#node = node;
    this.#tellAll = tellAll;
  }

  add(
    target: TapTarget,
    reveal: boolean,
    receive: (batch: TapBatch) => void,
    ended: (reason: TapEnd) => void,
  ): () => void {
    const id = randomBytes(9).toString("base64url");
    this.#taps.set(id, new ViewerTap(target, reveal, receive, ended));
    this.#timer ??= setInterval(() => this.#tick(), BATCH).unref();
    this.#renew();
    return () => this.#remove(id);
  }

  /** A node has sent frames. */
  received({ id, from, frames, dropped, isGone }: FramesMail): void {
    const tap = this.#taps.get(id);
    if (tap === undefined) return;
    tap.add(frames, dropped);
    // Only the node of a connection knows.
    if (isGone && "connection" in tap.target && tap.target.connection.node === from) this.#end(id, tap, "gone");
  }

  stop(): void {
    for (const [id, tap] of [...this.#taps]) this.#end(id, tap, "closing");
  }

  #tick(): void {
    const now = performance.now();
    for (const [id, tap] of [...this.#taps]) {
      if (now >= tap.endsAt) this.#end(id, tap, "time is over");
      else tap.flush();
    }
    this.#renew();
  }

  #renew(): void {
    const now = performance.now();
    for (const [id, tap] of this.#taps) {
      if (now < tap.renewAt) continue;
      tap.renewAt = now + RENEW;
      this.#tellAll({ kind: "tap", id, from: this.#node, target: tap.target, reveal: tap.reveal });
    }
  }

  #end(id: string, tap: ViewerTap, reason: TapEnd): void {
    this.#remove(id);
    tap.flush();
    tap.ended(reason);
  }

  #remove(id: string): void {
    if (!this.#taps.delete(id)) return;
    this.#tellAll({ kind: "untap", id, from: this.#node });
    if (this.#taps.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
