/** Adds the fields of `fetch` to presences, and keeps messages of a topic in order. */
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { emit } from "../telemetry.ts";
import type { Timing } from "../tracker.ts";
import { copyState } from "./payload.ts";
import type { PresenceState } from "./payload.ts";

export type Fetch = (topic: string, presences: PresenceState) => PresenceState | PromiseLike<PresenceState>;

export class Fetcher {
  readonly #name: string;
  readonly #fetch: Fetch | undefined;
  readonly #timing: Timing;
  readonly #timeout: number;
  /** The last pending message, by topic. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(name: string, fetch: Fetch | undefined, timing: Timing, timeout: number) {
    this.#name = name;
    this.#fetch = fetch;
    this.#timing = timing;
    this.#timeout = timeout;
  }

  /** The presences with the fields of `fetch`. Rejects as `fetch` does. */
  async fetch(topic: string, presences: PresenceState): Promise<PresenceState> {
    return this.#run(topic, presences);
  }

  /**
   * Fetches for several states at once, and calls `send` with them after everything passed in earlier for the topic.
   * Synchronous unless `fetch` is async. When fetching fails, `send` gets the bare presences; the error goes to
   * telemetry.
   */
  inOrder(topic: string, states: readonly PresenceState[], sendTo: (fetched: readonly PresenceState[]) => void): void {
    const send = (found: readonly PresenceState[]): void => {
      try {
        sendTo(found);
      } catch (error) {
        this.#failed(topic, error);
      }
    };
    const fetched = states.map((presences) => this.#fetchOrBare(topic, presences));
    const before = this.#queues.get(topic);
    if (before === undefined && !fetched.some(isPromise)) {
      send(fetched as readonly PresenceState[]);
      return;
    }
    const all = Promise.all(fetched);
    const sent = Promise.resolve(before)
      .then(() => all)
      .then(send)
      .then(() => {
        if (this.#queues.get(topic) === sent) this.#queues.delete(topic);
      });
    this.#queues.set(topic, sent);
  }

  #run(topic: string, presences: PresenceState): PresenceState | PromiseLike<PresenceState> {
    // A fetch may modify its argument; a partially modified one must not be sent when it fails.
    const fetched = this.#fetch?.(topic, copyState(presences));
    if (!isPromise(fetched)) return checked(presences, fetched);
    return Promise.resolve(fetched).then((found) => checked(presences, found));
  }

  #failed(topic: string, error: unknown): void {
    emit("presence.fetch_failed", { name: this.#name, topic, error });
  }

  #fetchOrBare(topic: string, presences: PresenceState): PresenceState | Promise<PresenceState> {
    if (this.#fetch === undefined || isEmpty(presences)) return presences;
    const failed = (error: unknown): PresenceState => {
      this.#failed(topic, error);
      return presences;
    };
    try {
      const fetched = this.#run(topic, presences);
      return isPromise(fetched) ? this.#inTime(topic, fetched).then(undefined, failed) : fetched;
    } catch (error) {
      return failed(error);
    }
  }

  /** A fetch that never settles must not block everything after it. */
  #inTime(topic: string, fetched: PromiseLike<PresenceState>): Promise<PresenceState> {
    return new Promise((resolve, reject) => {
      const cancel = this.#timing.after(this.#timeout, () =>
        reject(new Error(`fetch of presence "${this.#name}" for "${topic}" took more than ${this.#timeout} ms`)),
      );
      fetched.then(resolve, reject).then(cancel, cancel);
    });
  }
}

const isEmpty = (presences: PresenceState): boolean => Object.keys(presences).length === 0;

/** Throws when keys or their metas are missing: clients would take them as gone. */
function checked(presences: PresenceState, fetched: unknown): PresenceState {
  const isWhole =
    isObject(fetched) && Object.keys(presences).every((key) => Object.hasOwn(fetched, key) && hasMetas(fetched[key]));
  if (isWhole) return fetched as PresenceState;
  throw new WingbeatError(
    "WB_BAD_RETURN",
    "fetch must return all keys that it was given, each with its metas and any added fields.",
  );
}

const hasMetas = (item: unknown): boolean => isObject(item) && Array.isArray(item["metas"]);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
