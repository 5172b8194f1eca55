/**
 * A message that a client which is behind need not get, because its event is declared `conflate` or `volatile`. Receivers
 * of a broadcast that are served alike share one.
 */
import { describe } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { emit } from "../telemetry.ts";
import type { Frame } from "../transports/connection.ts";
import type { Delivery } from "./delivery.ts";

export class Droppable {
  readonly frame: Frame;
  readonly #delivery: Delivery;
  readonly #topic: string;
  readonly #event: string;
  readonly #payload: unknown;
  /** Null: not asked for yet. */
  #slot: string | undefined | null = null;

  constructor(frame: Frame, delivery: Delivery, topic: string, event: string, payload: unknown) {
    this.frame = frame;
    this.#delivery = delivery;
    this.#topic = topic;
    this.#event = event;
    this.#payload = payload;
  }

  /** Dropped, and not replaced by the next one. */
  get isVolatile(): boolean {
    return this.#delivery["~delivery"] === "volatile";
  }

  /**
   * Event and key: a conflated message replaces the one that waits with the same slot. Undefined when the key cannot be
   * used, which is reported: the message is then sent like any other. Only asked for when a client is behind.
   */
  get slot(): string | undefined {
    if (this.#slot === null) this.#slot = this.#findSlot();
    return this.#slot;
  }

  #findSlot(): string | undefined {
    const delivery = this.#delivery;
    if (delivery["~delivery"] === "volatile") return undefined;
    const event = this.#event;
    try {
      const key: unknown = delivery.key(this.#payload as never);
      if (!isKey(key)) throw badKey(event, key);
      return `${event.length}:${event}:${typeof key}:${key}`;
    } catch (error) {
      emit("channel.key_failed", { topic: this.#topic, event, error });
      return undefined;
    }
  }
}

/** What leaves for a client: one that must arrive, or one that may be dropped. */
export type Outgoing = Frame | Droppable;

export const frameOf = (outgoing: Outgoing): Frame => (outgoing instanceof Droppable ? outgoing.frame : outgoing);

const isKey = (key: unknown): key is string | number | boolean | bigint =>
  ["string", "number", "boolean", "bigint"].includes(typeof key);

const badKey = (event: string, key: unknown): WingbeatError =>
  new WingbeatError(
    "WB_BAD_RETURN",
    `the key function of conflate for "${event}" returned ${describe(key)}: it must return a string or a number.`,
  );
