/** What channels have received last, for the next crash. Filled only while somebody looks. */
import type { ClientMessage } from "@wingbeat/protocol";
import type { SocketProcess } from "../../socket/process.ts";
import type { TapFrame } from "../model.ts";
import { inFrame } from "../tap/frame.ts";

/** So many are kept, at most so many are taken in a second, and so many are shown with a crash. */
export const RING_SIZE = 500;
const PER_SECOND = 500;
const SHOWN = 10;

export class FrameRing {
  readonly #node: string;
  readonly #keyOf: (process: SocketProcess) => number;
  #frames: TapFrame[] = [];
  #next = 0;
  #second = 0;
  #taken = 0;

  constructor(node: string, keyOf: (process: SocketProcess) => number) {
    this.#node = node;
    this.#keyOf = keyOf;
  }

  add(process: SocketProcess, message: ClientMessage, bytes: number): void {
    const at = Date.now();
    if (at - this.#second >= 1_000) {
      this.#second = at;
      this.#taken = 0;
    }
    if (this.#taken++ >= PER_SECOND) return;
    this.#frames[this.#next] = inFrame(this.#node, this.#keyOf(process), process.id, message, bytes, at);
    this.#next = (this.#next + 1) % RING_SIZE;
  }

  /** The last ones of a channel, the newest last. */
  of(id: string | null, topic: string): readonly TapFrame[] {
    const inOrder = [...this.#frames.slice(this.#next), ...this.#frames.slice(0, this.#next)];
    return inOrder.filter((frame) => frame.id === id && frame.topic === topic).slice(-SHOWN);
  }

  clear(): void {
    this.#frames = [];
    this.#next = 0;
  }
}
