/**
 * What the components below all providers of one socket share: its connection, kept for as long as a provider is
 * mounted, and its channels, one per topic.
 *
 * A framework may unmount a component and mount it again (StrictMode, hot reload), so what is no longer used is closed
 * a macrotask later, unless it is in use again by then.
 */
import type { Channel } from "../channel.ts";
import type { Push } from "../push.ts";
import type { Socket } from "../socket.ts";
import { closedPush } from "./closed-push.ts";
import { CLOSED, JOINING } from "./open-channel.ts";
import type { ChannelSnapshot } from "./open-channel.ts";
import { onePer } from "./one-per.ts";
import { SharedChannel } from "./shared-channel.ts";
import type { Hold } from "./shared-channel.ts";
import { WritableStore } from "./store.ts";

export { CLOSED, JOINING, isAnswered } from "./open-channel.ts";
export type { ChannelSnapshot } from "./open-channel.ts";
export type { Hold } from "./shared-channel.ts";

/**
 * `connecting` for the first time, `open`, `reconnecting` after it was lost, `closed` by `disconnect()`, or `refused` by
 * the server's `connect`: `refusal` says why, and `socket.connect()` tries again.
 */
export type ConnectionStatus = "connecting" | "open" | "reconnecting" | "closed" | "refused";

/** The state of a connection. */
export interface ConnectionSnapshot {
  readonly status: ConnectionStatus;
  /** Why the server has refused, while the status is `refused`. */
  readonly refusal: Socket["refusal"];
}

export const CONNECTING: ConnectionSnapshot = { status: "connecting", refusal: undefined };

/** A store of the connection's state. */
export class SharedSocket extends WritableStore<ConnectionSnapshot> {
  readonly socket: Socket;
  readonly #channels = new Map<string, SharedChannel>();
  #providers = 0;
  #unwatch: (() => void) | undefined;

  constructor(socket: Socket) {
    super(CONNECTING);
    this.socket = socket;
  }

  /** Connects for a provider. Throws for an invalid URL. Returns a function that ends it. */
  connect(): () => void {
    this.#watch();
    this.socket.connect();
    this.#providers++;
    return () => {
      this.#providers--;
      setTimeout(() => this.#disconnectIfUnused());
    };
  }

  /** Joins a topic, or shares the channel that has joined it. Returns a function that releases it. */
  takeChannel(topic: string, hold: Hold): () => void {
    const channel = this.#channels.get(topic) ?? this.#newChannel(topic);
    return channel.take(hold);
  }

  /** The state of a topic for a component whose params have this key. */
  channelSnapshot(topic: string, key: string | undefined): ChannelSnapshot {
    return this.#channels.get(topic)?.snapshot(key) ?? JOINING;
  }

  /** Pushes to a topic's channel. Without one the push fails as `closed`. */
  push(topic: string | null, key: string | undefined, ...args: Parameters<Channel["push"]>): Push {
    const channel = this.#channelFor(topic, key);
    return channel === null ? closedPush(this.socket, topic ?? "", args[0]) : channel.push(...args);
  }

  /** Casts to a topic's channel. False without one. */
  cast(topic: string | null, key: string | undefined, ...args: Parameters<Channel["cast"]>): boolean {
    return this.#channelFor(topic, key)?.cast(...args) ?? false;
  }

  #channelFor(topic: string | null, key: string | undefined): Channel | null {
    const shared = topic === null ? undefined : this.#channels.get(topic);
    shared?.settle();
    return (shared?.snapshot(key) ?? CLOSED).channel;
  }

  #newChannel(topic: string): SharedChannel {
    const channel: SharedChannel = new SharedChannel(this.socket, topic, () => {
      if (this.#channels.get(topic) === channel) this.#channels.delete(topic);
    });
    this.#channels.set(topic, channel);
    return channel;
  }

  #watch(): void {
    if (this.#unwatch !== undefined) return;
    const { socket } = this;
    const look = () => this.#look();
    this.set(CONNECTING);
    if (socket.isConnected()) look();
    const refs = [socket.onOpen(look), socket.onClose(look), socket.onRefused(look)];
    this.#unwatch = () => socket.off(refs);
  }

  #look(): void {
    const status = this.#statusNow();
    const { refusal } = this.socket;
    if (status !== this.snapshot.status || refusal !== this.snapshot.refusal) this.set({ status, refusal });
  }

  #statusNow(): ConnectionStatus {
    const { socket, snapshot } = this;
    if (socket.isConnected()) return "open";
    if (socket.refusal !== undefined) return "refused";
    if (!socket.isActive) return "closed";
    return snapshot.status === "connecting" ? "connecting" : "reconnecting";
  }

  #disconnectIfUnused(): void {
    if (this.#providers > 0 || this.#unwatch === undefined) return;
    // Leaves reach the server only while there is a connection.
    for (const channel of this.#channels.values()) channel.sweep();
    this.#unwatch();
    this.#unwatch = undefined;
    this.socket.disconnect();
  }
}

/** The shared state of a socket; always the same object. */
export const sharedSocketOf: (socket: Socket) => SharedSocket = /* @__PURE__ */ onePer(
  "sockets",
  (socket) => new SharedSocket(socket),
);
