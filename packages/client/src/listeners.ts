import { isPromise } from "./is-promise.ts";

/**
 * Callbacks registered by the application, with a ref for each. A ref is the number or string that phoenix.js returns,
 * and can be called to remove its callback: `const off = channel.on(...); off();`.
 */
export type ListenerRef<Id extends number | string = number> = Id & (() => void);

interface Listener {
  readonly event: unknown;
  readonly id: number | string;
  readonly callback: (...args: never) => unknown;
}

/**
 * The callbacks of one object, in order of registration. Changes do not affect a call in progress. `Events` says what the
 * callbacks of each event are given.
 */
export class Listeners<Events extends Record<string | symbol, unknown[]>, Id extends number | string> {
  readonly #idOf: (count: number) => Id;
  #listeners: readonly Listener[] = [];
  #count = 0;

  /** `idOf` makes ids of numbers. */
  constructor(idOf: (count: number) => Id) {
    this.#idOf = idOf;
  }

  /** Also removed when `signal` aborts. */
  on<Event extends keyof Events>(
    event: Event,
    callback: (...args: Events[Event]) => unknown,
    signal?: AbortSignal,
  ): ListenerRef<Id> {
    const id = this.#idOf(this.#count++);
    const remove = () => {
      signal?.removeEventListener("abort", remove);
      this.off(event, id);
    };
    this.#listeners = [...this.#listeners, { event, id, callback }];
    signal?.addEventListener("abort", remove);
    if (signal?.aborted) remove();
    // As a number or a string it is its `id`.
    return Object.assign(remove, { toString: () => String(id) }) as unknown as ListenerRef<Id>;
  }

  /** Removes the callback with this ref, or all: of this event, or of any. */
  off(event: unknown, ref?: unknown): void {
    this.#listeners = this.#listeners.filter(
      (listener) =>
        (event !== undefined && listener.event !== event) || (ref !== undefined && String(listener.id) !== String(ref)),
    );
  }

  call<Event extends keyof Events>(event: Event, ...args: Events[Event]): void {
    for (const { event: at, callback } of this.#listeners) {
      if (at === event) run(() => (callback as (...args: unknown[]) => unknown)(...args));
    }
  }
}

/** Calls application code. Errors and rejections are reported and go no further. */
export function run(call: () => unknown): void {
  try {
    const result = call();
    if (isPromise(result)) result.then(undefined, report);
  } catch (error) {
    report(error);
  }
}

/**
 * Reports an error in application code: as an uncaught error on a page, on the console elsewhere. Never thrown from a
 * timer, because that would end a Node process.
 */
export function report(error: unknown): void {
  const { document, reportError } = globalThis as { document?: unknown; reportError?: (error: unknown) => void };
  try {
    // Elsewhere an uncaught error may end the process.
    if (document !== undefined && reportError !== undefined) reportError(error);
    // oxlint-disable-next-line no-console -- where uncaught errors are seen
    else console.error(error);
  } catch {
    // There is no way left to report it.
  }
}
