import { isPromise } from "./is-promise.ts";

/**
 * Callbacks registered by the application, with a ref for each. A ref is the number or string that phoenix.js returns,
 * and can be called to remove its callback: `const off = channel.on(...); off();`.
 */
export type ListenerRef<Id extends number | string = number> = Id & (() => void);

interface Listener<Args extends unknown[]> {
  readonly id: number;
  readonly callback: (...args: Args) => unknown;
}

/** The callbacks for one thing, in order of registration. Changes do not affect a call in progress. */
export class Listeners<Args extends unknown[]> {
  #listeners: readonly Listener<Args>[] = [];

  add(id: number, callback: (...args: Args) => unknown): void {
    this.#listeners = [...this.#listeners, { id, callback }];
  }

  remove(id: number): void {
    this.#listeners = this.#listeners.filter((listener) => listener.id !== id);
  }

  call(...args: Args): void {
    for (const { callback } of this.#listeners) run(() => callback(...args));
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

/** A ref that equals `id` when stored, and removes the callback when called. */
export function listenerRef<Id extends number | string>(id: Id, remove: () => void): ListenerRef<Id> {
  const ref = () => remove();
  return Object.assign(ref, { valueOf: () => id, toString: () => String(id) }) as unknown as ListenerRef<Id>;
}
