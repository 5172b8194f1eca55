/**
 * `@wingbeat/client/ephemeral`: a value of one's own that everybody on a topic sees at once and that nobody keeps, such as
 * who is typing, a cursor, a read mark; and those of the others. The server's channel declares it with `.ephemeral`.
 *
 * @example
 * const cursors = ephemeral(channel, "cursor");
 * cursors.onChange((values) => draw(values));
 * addEventListener("pointermove", ({ clientX: x, clientY: y }) => cursors.set({ x, y }));
 *
 * const typing = ephemeral(channel, "typing", { idle: 5_000 });
 * input.addEventListener("input", () => typing.set(true)); // over 5 s after the last one
 */
import type { ChannelContract } from "@wingbeat/protocol";
import { REPLY } from "@wingbeat/protocol";
import type { Channel } from "./channel.ts";
import type { EphemeralEvents, KeyOf, ValueIn, ValueOf } from "./ephemeral/contract.ts";
import { run } from "./listeners.ts";
import { Timer, checkNumber } from "./timer.ts";

export type { EphemeralEvents, KeyOf, ValueIn, ValueOf } from "./ephemeral/contract.ts";

/** Options of `ephemeral`, all in milliseconds. */
export interface EphemeralOptions {
  /** The value is sent at most once in this time: the first one at once, and the last one at its end. Default 100. */
  readonly every?: number | undefined;
  /** After so long without `set`, the value is cleared. Default Infinity. */
  readonly idle?: number | undefined;
  /**
   * A value that is not renewed for so long is gone: only if its server crashed. Values are renewed twice in this time by those
   * who have them, so it is the same for all clients. Default 20,000.
   */
  readonly expires?: number | undefined;
}

/** A value of one's own, and those of the others. */
export interface Ephemeral<Key, In, Out> {
  /** Those of the others, by the key that the server says. The same object while nothing changes. */
  readonly values: ReadonlyMap<Key, Out>;
  /** Sets the own value. Not sent when it is the same, nor while the channel is not joined: then it is sent after the join. */
  set(value: In): void;
  /** There is no own value any more. */
  clear(): void;
  /** Calls back with new {@link values}. Returns a function that ends it. */
  onChange(callback: (values: ReadonlyMap<Key, Out>) => unknown): () => void;
  /** Clears the own value, and ends everything. */
  stop(): void;
}

/** Values of others: beyond that the oldest go. A server may send anything. */
const MAX_VALUES = 1_000;

const DEFAULTS = { every: 100, idle: Infinity, expires: 20_000 };

/** The ephemeral value of a channel. Make one for each channel and event. Throws a RangeError for an invalid option. */
export function ephemeral<Contract extends ChannelContract, Event extends EphemeralEvents<Contract>>(
  channel: Channel<Contract>,
  event: Event,
  options: EphemeralOptions = {},
): Ephemeral<KeyOf<Contract, Event>, ValueIn<Contract, Event>, ValueOf<Contract, Event>> {
  return new Values(channel as unknown as Channel, event, options) as never;
}

class Values implements Ephemeral<unknown, unknown, unknown> {
  values: ReadonlyMap<unknown, unknown> = new Map();
  readonly #channel: Channel;
  readonly #event: string;
  readonly #options: typeof DEFAULTS;
  readonly #callbacks = new Set<(values: ReadonlyMap<unknown, unknown>) => unknown>();
  /** When each value is gone, unless it is renewed; soonest first. */
  readonly #gone = new Map<unknown, number>();
  readonly #stop: (() => void)[];
  /** As JSON. Undefined: none. */
  #own: string | undefined;
  /** What the server knows of it. */
  #sent: string | undefined;
  /** While it runs, nothing is sent. */
  readonly #pause = new Timer();
  #isPaused = false;
  readonly #idle = new Timer();
  readonly #renewal = new Timer();
  readonly #expiry = new Timer();

  constructor(channel: Channel, event: string, options: EphemeralOptions) {
    this.#channel = channel;
    this.#event = event;
    this.#options = optionsOf(options);
    this.#stop = [
      channel.on(event, (payload) => this.#received(payload)),
      channel.on(
        REPLY,
        (_reply, ref) => ref !== null && ref === channel.joinRef() && channel.isJoined() && this.#joined(),
      ),
      channel.onClose(() => this.#closed()),
    ];
    if (channel.isJoined()) this.#joined();
  }

  set(value: unknown): void {
    this.#change(JSON.stringify(value));
    this.#idle.start(this.#options.idle, () => this.clear());
  }

  clear(): void {
    this.#idle.stop();
    this.#change(undefined);
  }

  onChange(callback: (values: ReadonlyMap<unknown, unknown>) => unknown): () => void {
    const own = (values: ReadonlyMap<unknown, unknown>) => callback(values);
    this.#callbacks.add(own);
    return () => void this.#callbacks.delete(own);
  }

  stop(): void {
    this.#isPaused = false;
    this.clear();
    for (const end of this.#stop) end();
    this.#stopTimers();
    this.#callbacks.clear();
  }

  #change(own: string | undefined): void {
    this.#own = own;
    if (!this.#isPaused && own !== this.#sent) this.#send();
  }

  /** Sends the own value, and the next one no sooner than after `every`. */
  #send(): void {
    const { every, expires } = this.#options;
    const own = this.#own;
    const value: unknown = own === undefined ? null : JSON.parse(own);
    if (!this.#channel.cast(this.#event, { value })) return;
    this.#sent = own;
    if (own === undefined) this.#renewal.stop();
    else this.#renewal.start(expires / 2, () => this.#send());
    this.#isPaused = true;
    this.#pause.start(every, () => {
      this.#isPaused = false;
      if (this.#own !== this.#sent) this.#send();
    });
  }

  /** The server's channel is a new one: it is told the own value, and asked for those of the others. */
  #joined(): void {
    this.#sent = undefined;
    this.#channel.cast(this.#event, {});
    if (!this.#isPaused && this.#own !== undefined) this.#send();
  }

  #closed(): void {
    this.#stopTimers();
    this.#sent = undefined;
    this.#gone.clear();
    this.#set(new Map());
  }

  #stopTimers(): void {
    for (const timer of [this.#pause, this.#idle, this.#renewal, this.#expiry]) timer.stop();
    this.#isPaused = false;
  }

  #received(payload: unknown): void {
    const { key, value } = (payload ?? {}) as { readonly key?: unknown; readonly value?: unknown };
    if ((typeof key !== "string" && typeof key !== "number") || value === undefined) return;
    const values = new Map(this.values);
    this.#gone.delete(key);
    if (value === null) values.delete(key);
    else {
      values.set(key, value);
      this.#gone.set(key, Date.now() + this.#options.expires);
      if (values.size > MAX_VALUES) forgetFirst(values, this.#gone);
    }
    this.#expireLater();
    if (!isSame(value, this.values.get(key))) this.#set(values);
  }

  #expireLater(): void {
    const [soonest] = this.#gone.values();
    if (soonest === undefined) this.#expiry.stop();
    else this.#expiry.start(soonest - Date.now(), () => this.#expire());
  }

  #expire(): void {
    const now = Date.now();
    const values = new Map(this.values);
    for (const [key, at] of this.#gone) {
      if (at > now) break;
      this.#gone.delete(key);
      values.delete(key);
    }
    this.#expireLater();
    if (values.size < this.values.size) this.#set(values);
  }

  #set(values: ReadonlyMap<unknown, unknown>): void {
    if (values.size === 0 && this.values.size === 0) return;
    this.values = values;
    for (const callback of [...this.#callbacks]) run(() => callback(values));
  }
}

function forgetFirst(values: Map<unknown, unknown>, gone: Map<unknown, unknown>): void {
  const [first] = gone.keys();
  values.delete(first);
  gone.delete(first);
}

const isSame = (value: unknown, before: unknown): boolean =>
  value === null ? before === undefined : JSON.stringify(value) === JSON.stringify(before);

function optionsOf(options: EphemeralOptions): typeof DEFAULTS {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const all = { ...DEFAULTS, ...(Object.fromEntries(given) as Partial<typeof DEFAULTS>) };
  for (const name of ["every", "idle", "expires"] as const) checkNumber(name, all[name], 1);
  return all;
}
