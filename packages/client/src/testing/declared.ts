/** What a test declares about the channel of a topic or of a pattern. */
import { declaredFor } from "./pattern.ts";

export type JoinHandler = (params: unknown, topic: string) => unknown;
export type EventHandler = (payload: unknown, client: object, event: string) => unknown;

/** The topics that exist, for what is done to all of a channel. */
export interface Topics {
  forgetHistory(channel: Declared, reason: string): void;
  forgetPushes(channel: Declared): void;
}

export class Declared {
  join: JoinHandler = () => ({ status: "ok", response: {} });
  hasHistory = false;
  /** The events that the history keeps. Undefined: all. */
  recorded: readonly string[] | undefined;
  takesNumbers = false;
  readonly #events = new Map<string, EventHandler>();
  /** Events whose next reply is lost. */
  readonly dropped = new Set<string>();
  readonly #topics: Topics;

  constructor(topics: Topics) {
    this.#topics = topics;
  }

  records(event: string): boolean {
    return this.hasHistory && (this.recorded?.includes(event) ?? true);
  }

  handlerOf(event: string): EventHandler | undefined {
    return declaredFor(this.#events, event);
  }

  // What the test says.

  onJoin(handler: JoinHandler): this {
    this.join = handler;
    return this;
  }

  on(event: string, handler: EventHandler): this {
    this.#events.set(event, handler);
    return this;
  }

  history({ events }: { readonly events?: readonly string[] } = {}): this {
    this.hasHistory = true;
    this.recorded = events;
    return this;
  }

  dedupe(): this {
    this.takesNumbers = true;
    return this;
  }

  forgetHistory(reason = "trimmed"): void {
    this.#topics.forgetHistory(this, reason);
  }

  forgetPushes(): void {
    this.#topics.forgetPushes(this);
  }

  dropReply(event: string): void {
    this.dropped.add(event);
  }
}
