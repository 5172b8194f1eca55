/** The numbered pushes of a session on a topic (PROTOCOL.md, section 17), and what became of them. */
import type { NumberedPush, PushState } from "@wingbeat/protocol";
import type { Received } from "./received.ts";

/** The number of a push, if it has one. */
export function numberOf(extension: unknown): NumberedPush | undefined {
  const { n, e, s } = (extension ?? {}) as Partial<Record<keyof NumberedPush, unknown>>;
  const isNumbered = typeof n === "number" && typeof e === "string" && typeof s === "string";
  return isNumbered ? (extension as NumberedPush) : undefined;
}

/** Why a push is not handled. */
export interface NotHandled {
  readonly state: PushState;
  readonly response: object;
}

class Line {
  last = 0;
  readonly pushes = new Map<number, Received>();
}

export class Lines {
  #epoch = 1;
  #lines = new Map<string, Line>();

  /** Begins a line, or goes on with it: the reply to `wb_pushes`. */
  begin(payload: unknown): { readonly epoch: string; readonly last: number } {
    const { session, next } = (payload ?? {}) as { readonly session?: unknown; readonly next?: unknown };
    const line = this.#lineOf(String(session));
    line.last = Math.max(line.last, Number(next) - 1 || 0);
    return { epoch: this.#name, last: line.last };
  }

  /** What was made of this push; `handle` is called if it is a new one. */
  take({ n, e, s }: NumberedPush, handle: () => Received): Received | NotHandled {
    if (e !== this.#name) return { state: "epoch", response: { reason: "unknown epoch" } };
    const line = this.#lineOf(s);
    if (n > line.last + 1) return { state: "order", response: { reason: "out of order", next: line.last + 1 } };
    const before = line.pushes.get(n);
    if (before !== undefined) return before;
    if (n <= line.last) return { state: "expired", response: { reason: "reply expired" } };
    line.last = n;
    const push = handle();
    line.pushes.set(n, push);
    return push;
  }

  forget(): void {
    this.#epoch++;
    this.#lines = new Map();
  }

  get #name(): string {
    return `fake-${this.#epoch}`;
  }

  #lineOf(session: string): Line {
    const line = this.#lines.get(session) ?? new Line();
    this.#lines.set(session, line);
    return line;
  }
}
