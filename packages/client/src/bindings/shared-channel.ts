/**
 * One topic of a connection, which has one channel per topic, and all components that use it. Joined as long as
 * a component uses it.
 */
import type { JoinFrom } from "../recovery.ts";
import type { Socket } from "../socket.ts";
import { CLOSED, JOINING, joinError, openChannel } from "./open-channel.ts";
import type { ChannelSnapshot, OpenChannel } from "./open-channel.ts";

/** What a component asks for. */
export interface Hold {
  /** Its params' {@link paramsKey}. Undefined: any params are fine. */
  readonly key: string | undefined;
  /** The params themselves, as of now. */
  params(): unknown;
  /** From where on it wants messages, at the first join. */
  from?(): JoinFrom | undefined;
  /** Called when the snapshot may be another one. */
  changed(): void;
}

export class SharedChannel {
  readonly #topic: string;
  readonly #socket: Socket;
  readonly #unused: () => void;
  readonly #holds = new Set<Hold>();
  readonly #conflict: ChannelSnapshot;
  #open: OpenChannel | undefined;
  #joinedKey: string | undefined;

  /** `unused` is called when no component uses it any more and it was left. */
  constructor(socket: Socket, topic: string, unused: () => void) {
    this.#socket = socket;
    this.#topic = topic;
    this.#unused = unused;
    const reason = "another component is on this topic with other params";
    this.#conflict = { ...CLOSED, state: "errored", error: joinError(topic, "refused", { reason }) };
  }

  /**
   * Joins in the next microtask, when all components of a render have registered. Returns a function that releases it:
   * the topic is left in the next macrotask, unless it is in use again by then.
   */
  take(hold: Hold): () => void {
    this.#holds.add(hold);
    queueMicrotask(() => this.settle());
    return () => {
      if (this.#holds.delete(hold)) setTimeout(() => this.sweep());
    };
  }

  /** The snapshot for a component with these params. */
  snapshot(key: string | undefined): ChannelSnapshot {
    if (this.#open === undefined) return JOINING;
    if (key === undefined || key === this.#joinedKey) return this.#open.snapshot;
    return this.#holder(key) && this.#holder(this.#joinedKey) ? this.#conflict : JOINING;
  }

  /** Joins, or joins again when no component uses the params of the last join and another has different ones. */
  settle(): void {
    const particular = this.#find(({ key }) => key !== undefined);
    if (this.#open === undefined) {
      if (this.#holds.size > 0) this.#join(particular?.key);
    } else if (particular !== undefined && !this.#holder(this.#joinedKey)) {
      this.#leave();
      this.#join(particular.key);
    }
  }

  /** Leaves when no component uses it. */
  sweep(): void {
    if (this.#holds.size > 0) return this.settle();
    this.#leave();
    this.#unused();
  }

  #find(matches: (hold: Hold) => unknown): Hold | undefined {
    return [...this.#holds].find(matches);
  }

  /** The first component that asks for exactly these params. */
  #holder(key: string | undefined): Hold | undefined {
    return this.#find((hold) => key !== undefined && hold.key === key);
  }

  #join(key: string | undefined): void {
    this.#joinedKey = key;
    // At a rejoin, the component whose params were used may be gone. Its params stay if no other component has any.
    let asked: Hold | undefined;
    const params = () => {
      asked = this.#holder(key) ?? asked;
      return asked?.params() ?? {};
    };
    const open: OpenChannel = openChannel(this.#socket, this.#topic, params, () => {
      if (open === this.#open) this.#changed();
    });
    this.#open = open;
    const from = [...this.#holds].map((hold) => hold.from?.()).find((asked) => asked?.since ?? asked?.rewind);
    open.channel.join(from);
    this.#changed();
  }

  #leave(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.channel.leave();
  }

  #changed(): void {
    for (const hold of [...this.#holds]) hold.changed();
  }
}
