/** The ephemeral values that clients of this node have now, for those who come. One value for each channel process. */
import type { Context } from "../context.ts";

interface Kept {
  readonly key: string | number;
  readonly value: unknown;
  readonly until: number;
}

/** Whose value it is. */
type Owner = object;

export class Values {
  readonly #expires: number;
  /** By endpoint and topic, oldest first. */
  readonly #topics = new WeakMap<object, Map<string, Map<Owner, Kept>>>();

  constructor(expires: number) {
    this.#expires = expires;
  }

  set({ endpoint, topic }: Context, owner: Owner, key: string | number, value: unknown): void {
    let topics = this.#topics.get(endpoint);
    if (topics === undefined) this.#topics.set(endpoint, (topics = new Map()));
    let values = topics.get(topic);
    if (values === undefined) topics.set(topic, (values = new Map()));
    values.delete(owner);
    values.set(owner, { key, value, until: Date.now() + this.#expires });
  }

  delete({ endpoint, topic }: Context, owner: Owner): void {
    const topics = this.#topics.get(endpoint);
    const values = topics?.get(topic);
    if (values?.delete(owner) === true && values.size === 0) topics?.delete(topic);
  }

  /** What a client is told: the newest `max` of the others, in the order in which they were set. */
  of(ctx: Context, self: Owner | undefined, max: number): { readonly key: string | number; readonly value: unknown }[] {
    const values = this.#topics.get(ctx.endpoint)?.get(ctx.topic);
    if (values === undefined) return [];
    const now = Date.now();
    const told: { readonly key: string | number; readonly value: unknown }[] = [];
    for (const [owner, { key, value, until }] of values) {
      if (until <= now) this.delete(ctx, owner);
      else if (owner !== self) told.push({ key, value });
    }
    return told.slice(-max);
  }
}
