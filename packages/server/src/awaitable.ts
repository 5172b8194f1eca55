/**
 * Results of callbacks that may be async. A callback may return any thenable: a promise of this or another realm, a
 * query that only runs when its `then` is called, or an object whose `then` misbehaves.
 */

/** `Promise` is in it for the compiler: it takes a promise's type argument without comparing the whole interface. */
export type Awaitable<T> = T | Promise<T> | PromiseLike<T>;

/**
 * Whether a value must be awaited. Never throws: a value whose `then` cannot be read counts as one, and rejects when
 * awaited.
 */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return typeof (value as PromiseLike<T>).then === "function";
  } catch {
    return true;
  }
}

// oxlint-disable-next-line unbound-method -- called with a promise below
const { then } = Promise.prototype;

/**
 * Awaits a value and calls one of two functions, exactly once and never synchronously, whatever its `then` does. They
 * must not throw. Costs as much as `then` of a promise.
 */
export function settle<T>(value: PromiseLike<T>, done: (result: T) => void, failed: (error: unknown) => void): void {
  try {
    then.call(Promise.resolve(value), done as (result: unknown) => void, failed);
  } catch (error) {
    // A promise whose `constructor` throws when read.
    queueMicrotask(() => failed(error));
  }
}

/** A short description of a value for error messages. Never throws. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  try {
    const name: unknown = value.constructor?.name;
    return typeof name === "string" && name !== "" ? name : "an object";
  } catch {
    return "an object";
  }
}

/** For what should return nothing: a promise that it returns all the same, and that rejects, must not end the process. */
export function onRejection(result: unknown, failed: (error: unknown) => void): void {
  if (isPromise(result)) settle(result, () => {}, failed);
}
