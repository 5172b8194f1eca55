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

/** What throws here keeps nobody else from being called: its error is reported as uncaught. */
export function run(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

/** A ref that is `id` to a program which keeps it, and removes the callback when it is called. */
export function listenerRef<Id extends number | string>(id: Id, remove: () => void): ListenerRef<Id> {
  const ref = () => remove();
  return Object.assign(ref, { valueOf: () => id, toString: () => String(id) }) as unknown as ListenerRef<Id>;
}
