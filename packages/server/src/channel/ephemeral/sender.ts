/** One client's ephemeral value: tells the others, not too often, and that it is over when the channel ends. */
import type { Context } from "../context.ts";
import type { Values } from "./values.ts";

interface Value {
  readonly key: string | number;
  readonly value: unknown;
}

export class Sender {
  readonly #ctx: Context;
  readonly #event: string;
  readonly #every: number;
  readonly #values: Values;
  /** What the others have been told. Undefined: that there is nothing. */
  #told: Value | undefined;
  /** What they are told next. */
  #next: Value | undefined;
  /** While it runs, nothing is told. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ctx: Context, event: string, every: number, values: Values) {
    this.#ctx = ctx;
    this.#event = event;
    this.#every = every;
    this.#values = values;
    ctx.onEnd(() => this.#end());
  }

  set(key: string | number, value: unknown): void {
    if (this.#timer !== undefined) this.#next = { key, value };
    else this.#tell({ key, value });
  }

  #tell({ key, value }: Value): void {
    this.#timer = setTimeout(() => this.#tellNext(), this.#every);
    // The client may have become somebody else.
    if (this.#told !== undefined && this.#told.key !== key) this.#clear(this.#told.key);
    if (value === null) return this.#told && this.#clear(key);
    this.#told = { key, value };
    this.#values.set(this.#ctx, this, key, value);
    this.#ctx.broadcastFrom(this.#event, { key, value });
  }

  #tellNext(): void {
    this.#timer = undefined;
    const next = this.#next;
    this.#next = undefined;
    // As a task: what it throws is the channel's business, not the process's.
    if (next !== undefined) this.#ctx.afterJoin(async () => this.#tell(next));
  }

  #clear(key: string | number): void {
    this.#told = undefined;
    this.#values.delete(this.#ctx, this);
    this.#ctx.broadcastFrom(this.#event, { key, value: null });
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
    if (this.#told !== undefined) this.#clear(this.#told.key);
  }
}
