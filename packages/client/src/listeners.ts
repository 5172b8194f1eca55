import { isPromise } from "./is-promise.ts";

/**
 * Callbacks that a program registers, with a ref for each. A ref is the number or string that phoenix.js gives, and
 * can be called to remove its callback: `const off = channel.on(...); off();`.
 */
export type ListenerRef<Id extends number | string = number> = Id & (() => void);

interface Listener<Args extends unknown[]> {
  readonly id: number;
  readonly callback: (...args: Args) => unknown;
}

/** The callbacks for one thing, in the order of their registration. Changes do not disturb a call under way. */
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

/** Calls code of the program. Its error, or its rejection, is reported and goes no further. */
export function run(call: () => unknown): void {
  try {
    const result = call();
    if (isPromise(result)) result.then(undefined, report);
  } catch (error) {
    report(error);
  }
}

/**
 * Tells of an error in the program's code: as an uncaught error on a page, on the console elsewhere. Never thrown from a
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
    // Nobody is left to tell.
  }
}

/** A ref that is `id` to a program which keeps it, and removes the callback when it is called. */
export function listenerRef<Id extends number | string>(id: Id, remove: () => void): ListenerRef<Id> {
  const ref = () => remove();
  return Object.assign(ref, { valueOf: () => id, toString: () => String(id) }) as unknown as ListenerRef<Id>;
}
