/** The taps on one node, for viewers here and on other nodes. A tap ends when its viewer does not renew it. */
import type { ClientMessage } from "@wingbeat/protocol";
import type { Endpoint } from "../../endpoint.ts";
import type { SocketProcess } from "../../socket/process.ts";
import { attach } from "../../telemetry/attach.ts";
import type { Frame } from "../../transports/connection.ts";
import type { Node } from "../node/node.ts";
import { connectionsOf, membersOf } from "../node/topics.ts";
import type { ConnectionKey } from "../model.ts";
import type { Mail, TapMail } from "../peers/mail.ts";
import { NodeTap } from "./node-tap.ts";
import { listen } from "./tapped.ts";

/** So many taps may be on a node; a new one takes the place of the oldest. */
export const MAX_TAPS = 20;
/** Of so many connections of a topic or id, what is sent is listened to. A broadcast is seen if one of them gets it. */
export const MAX_TAPPED = 500;
/** A tap ends so many ms after its viewer was heard last. */
export const TAP_LEASE = 10_000;
/** Milliseconds between two batches. */
const BATCH = 250;

interface Placed {
  readonly tap: NodeTap;
  until: number;
}

export class NodeTaps {
  readonly #endpoint: Endpoint;
  readonly #node: Node;
  readonly #send: (to: string, mail: Mail) => void;
  /** The oldest first. */
  readonly #taps = new Map<string, Placed>();
  /** The connections that are listened to, and how that ends. */
  readonly #tapped = new Map<SocketProcess, () => void>();
  #detach: readonly (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined = undefined;
  #keepsRing = false;

  constructor(endpoint: Endpoint, node: Node, send: (to: string, mail: Mail) => void) {
    this.#endpoint = endpoint;
    this.#node = node;
    this.#send = send;
  }

  /** Begins a tap, or renews it. */
  tap(mail: TapMail): void {
    const until = performance.now() + TAP_LEASE;
    const known = this.#taps.get(mail.id);
    if (known !== undefined) {
      known.until = until;
      return;
    }
    const oldest = this.#taps.keys().next();
    if (this.#taps.size >= MAX_TAPS && oldest.done === false) this.#taps.delete(oldest.value);
    const filter = mail.reveal ? this.#node.filter : undefined;
    const tap = new NodeTap(mail, this.#node.name, this.#node.connections.keys, filter);
    this.#taps.set(mail.id, { tap, until });
    this.#begin();
    this.#refresh();
  }

  untap(id: string): void {
    if (!this.#taps.delete(id)) return;
    this.#refresh();
    if (this.#taps.size === 0) this.#end();
  }

  /** Whether what channels receive is kept for their next crash. */
  keepRing(keeps: boolean): void {
    this.#keepsRing = keeps;
    this.#watchMounts();
  }

  stop(): void {
    this.#taps.clear();
    this.#refresh();
    this.#end();
    this.keepRing(false);
  }

  #begin(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#node.cost.run(() => this.#batch()), BATCH).unref();
    this.#detach = [
      attach("channel.handled_in", ({ endpoint, payload, outcome, duration }) => {
        if (endpoint === this.#endpoint) this.#each((tap) => tap.handled(payload, outcome, duration));
      }),
      attach("channel.joined", ({ endpoint, params, result, duration }) => {
        if (endpoint === this.#endpoint) this.#each((tap) => tap.handled(params, result, duration));
      }),
      attach("channel.crashed", ({ endpoint, id, topic, event }) => {
        if (endpoint === this.#endpoint) this.#each((tap) => tap.crashed(id, topic, event));
      }),
    ];
    this.#watchMounts();
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const detach of this.#detach) detach();
    this.#detach = [];
    this.#watchMounts();
  }

  #each(act: (tap: NodeTap) => void): void {
    for (const { tap } of this.#taps.values()) act(tap);
  }

  #watchMounts(): void {
    const isNeeded = this.#keepsRing || this.#taps.size > 0;
    const sampled = this.#node.cost.sampled((process: SocketProcess, message: ClientMessage, bytes: number) =>
      this.#received(process, message, bytes),
    );
    for (const mount of this.#endpoint.inside().mounts) mount.watch(isNeeded ? sampled : undefined);
  }

  /** A client has sent a message, which is not handled yet. Must not throw. */
  #received(process: SocketProcess, message: ClientMessage, bytes: number): void {
    try {
      if (this.#keepsRing) this.#node.ring.add(process, message, bytes);
      for (const { tap } of this.#taps.values()) {
        if (!tap.concerns(process, message.topic)) continue;
        this.#listenTo(process);
        tap.received(process, message, bytes);
      }
    } catch {
      // What cannot be looked at is not shown.
    }
  }

  /** Must not throw. */
  #sent(process: SocketProcess, frame: Frame): void {
    try {
      for (const { tap } of this.#taps.values()) {
        // Of a topic, all connections that are listened to are concerned: the frame tells.
        if ("topic" in tap.target || tap.concerns(process, undefined)) tap.sent(process, frame);
      }
    } catch {
      // What cannot be looked at is not shown.
    }
  }

  #listenTo(process: SocketProcess): void {
    if (this.#tapped.has(process) || this.#tapped.size >= MAX_TAPPED) return;
    const sent = this.#node.cost.sampled((to: SocketProcess, frame: Frame) => this.#sent(to, frame));
    this.#tapped.set(process, listen(process, sent));
  }

  /** Listens to those that are tapped, and not to others. Those that have ended are let go. */
  #refresh(): void {
    const wanted = new Set<SocketProcess>();
    this.#each((tap) => {
      for (const process of this.#connectionsOf(tap)) {
        if (wanted.size >= MAX_TAPPED) break;
        wanted.add(process);
      }
    });
    for (const [process, end] of this.#tapped) {
      if (wanted.has(process)) continue;
      end();
      this.#tapped.delete(process);
    }
    for (const process of wanted) this.#listenTo(process);
  }

  #connectionsOf(tap: NodeTap): Iterable<SocketProcess> {
    const { target } = tap;
    const { pubsub } = this.#endpoint;
    if ("topic" in target) return membersOf(pubsub, target.topic);
    if ("id" in target) return connectionsOf(pubsub, target.id);
    const process = this.#processOf(tap, target.connection);
    return process === undefined ? [] : [process];
  }

  /** Undefined: it has ended, or is on another node. */
  #processOf(tap: NodeTap, { node, key }: ConnectionKey): SocketProcess | undefined {
    if (node !== this.#node.name) return undefined;
    const { connections } = this.#node;
    tap.process ??= connections.byKey(key)?.process;
    return tap.process && connections.find(tap.process)?.process;
  }

  #batch(): void {
    const now = performance.now();
    for (const [id, { until }] of this.#taps) if (until < now) this.#taps.delete(id);
    this.#refresh();
    for (const { tap } of [...this.#taps.values()]) {
      const batch = tap.take();
      const isGone = this.#isGone(tap);
      if (batch === undefined && !isGone) continue;
      const { frames, dropped } = batch ?? { frames: [], dropped: 0 };
      this.#send(tap.viewer, { kind: "frames", id: tap.id, from: this.#node.name, frames, dropped, isGone });
      if (isGone) this.#taps.delete(tap.id);
    }
    if (this.#taps.size === 0) this.#end();
  }

  /** A connection does not come back. Others may come with the same topic or id. */
  #isGone(tap: NodeTap): boolean {
    const { target } = tap;
    if (!("connection" in target) || target.connection.node !== this.#node.name) return false;
    return this.#processOf(tap, target.connection) === undefined;
  }
}
