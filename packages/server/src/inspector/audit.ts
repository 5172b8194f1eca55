/** Tells telemetry who looks, and what they do. */
import { emit } from "../telemetry.ts";
import type { InspectorAction, TapTarget } from "./model.ts";
import type { Viewer } from "./rights.ts";
import type { Desk } from "./socket.ts";
import { LOGIN_TIME } from "./tickets.ts";

/** Somebody who has not come again in this time, in ms, has been away. */
const AWAY = LOGIN_TIME + 60_000;
/** How many are remembered. */
const MAX_VIEWERS = 1_000;

export class Audit {
  readonly #endpoint: object;
  /** When they came last, by who they are. */
  readonly #seen = new Map<string, number>();

  constructor(endpoint: object) {
    this.#endpoint = endpoint;
  }

  /** Somebody has come, or has been asked for again. */
  opened(viewer: Viewer): void {
    const who = JSON.stringify([viewer.user, viewer.address]);
    const now = Date.now();
    const seenAt = this.#seen.get(who) ?? -Infinity;
    this.#seen.delete(who);
    this.#seen.set(who, now);
    if (this.#seen.size > MAX_VIEWERS) this.#seen.delete(this.#seen.keys().next().value as string);
    if (now - seenAt > AWAY) emit("inspector.opened", this.#sourceOf(viewer));
  }

  tapped(viewer: Viewer, target: TapTarget, reveal: boolean): void {
    emit("inspector.tapped", { ...this.#sourceOf(viewer), target: textOf(target), reveal });
  }

  acted(viewer: Viewer, action: InspectorAction, outcome: Parameters<Desk["acted"]>[2]): void {
    const { action: name, ...target } = action;
    emit("inspector.action", { ...this.#sourceOf(viewer), action: name, target: textOf(target), outcome });
  }

  #sourceOf({ user, address }: Viewer) {
    return { endpoint: this.#endpoint, user, address };
  }
}

function textOf(target: TapTarget): string {
  if ("topic" in target) return `topic ${target.topic}`;
  return "id" in target ? `id ${target.id}` : `connection ${target.connection.key} of ${target.connection.node}`;
}
