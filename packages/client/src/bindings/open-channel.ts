/** A channel of the socket, and snapshots of its state. */
import { PushError } from "../errors.ts";
import type { Channel } from "../channel.ts";
import type { Socket } from "../socket.ts";
import { presenceOf } from "./presence-store.ts";
import { recoveryOf } from "./recovery-store.ts";

export interface ChannelSnapshot {
  readonly channel: Channel | null;
  readonly state: "joining" | "joined" | "errored" | "closed";
  readonly reply: unknown;
  readonly error: PushError | undefined;
}

export const CLOSED: ChannelSnapshot = { channel: null, state: "closed", reply: undefined, error: undefined };
export const JOINING: ChannelSnapshot = { ...CLOSED, state: "joining" };

/** The event that a join pushes. */
const JOIN = "phx_join";

/** Why a join was not accepted, as `await channel.join()` would throw it. */
export function joinError(topic: string, reason: PushError["reason"], response?: unknown): PushError {
  const status = reason === "refused" ? { status: "error" } : {};
  return new PushError(reason, { topic, event: JOIN, response, ...status });
}

export class OpenChannel {
  readonly channel: Channel;
  readonly #changed: () => void;
  #snapshot: ChannelSnapshot;

  /** `params` returns the join params, at every join and rejoin; `changed` is called after every change. */
  constructor(socket: Socket, topic: string, params: () => unknown, changed: () => void) {
    this.#changed = changed;
    // A channel reads its params whenever it starts to join again; there is no other sign of that.
    const channel = socket.channel(topic, () => {
      this.#update();
      return params();
    });
    this.channel = channel;
    this.#snapshot = { ...JOINING, channel };
    this.#watch(topic);
    presenceOf(channel);
    recoveryOf(channel);
  }

  get snapshot(): ChannelSnapshot {
    return this.#snapshot;
  }

  #watch(topic: string): void {
    const { channel } = this;
    const failed = (reason: PushError["reason"], response?: unknown) =>
      this.#update({ error: joinError(topic, reason, response) });
    channel.joinPush
      .receive("ok", (reply) => this.#update({ reply, error: undefined }))
      .receive("error", (response) => failed("refused", response))
      .receive("timeout", () => failed("timeout"));
    channel.onError((reason) => {
      if (isTransport(reason)) this.#update();
      else failed("crashed", reason);
    });
    channel.onClose((payload) => {
      const { reason, response } = (payload ?? {}) as { readonly reason?: unknown; readonly response?: unknown };
      if (reason === "refused") failed("refused", response);
      else this.#update();
    });
  }

  #update(news: Partial<ChannelSnapshot> = {}): void {
    const { state } = this.channel;
    if (state === "leaving" || (state === this.#snapshot.state && Object.keys(news).length === 0)) return;
    this.#snapshot = { ...this.#snapshot, ...news, state };
    this.#changed();
  }
}

/** The connection was lost, which is not an error of the channel: `useConnection` reports it. */
function isTransport(reason: unknown): boolean {
  return (reason as { readonly source?: unknown } | null)?.source === "transport";
}
