/** What happened in a run of numbered pushes, as clients and nodes write it down. */
import type { Line } from "../../recovery/history.ts";

/** What becomes of a number whose node has died. */
export type Policy = "refuse" | "run";

/** A client has made a push. Those of one line are made, and numbered, in the order of `index`: 1, 2, 3 … */
export interface Called {
  readonly op: "call";
  readonly id: string;
  readonly line: string;
  readonly index: number;
  readonly policy: Policy;
}

/** An answer came to a client, be it to a repetition. `state`: as in PROTOCOL.md, 17.2; absent: it is the handler's. */
export interface Answered {
  readonly op: "answer";
  readonly id: string;
  readonly state?: string;
  readonly reply: unknown;
}

/**
 * A push has ended for its client: with the handler's reply, `expired`, `unknown` because a server said so, or `given up`
 * by a client that has lost too many connections over it.
 */
export interface Settled {
  readonly op: "settled";
  readonly id: string;
  readonly how: "reply" | "expired" | "unknown" | "given up" | "failed";
  readonly reply?: unknown;
  /** For people who read it. */
  readonly why?: string;
}

/** A handler begins. */
export interface Started {
  readonly op: "start";
  readonly id: string;
  readonly key: string;
  readonly attempt: number;
}

/** It ends, with this reply. */
export interface Done {
  readonly op: "done";
  readonly id: string;
  readonly attempt: number;
  readonly reply: unknown;
  /** It is larger than what is kept. */
  readonly isLarge: boolean;
}

/** A node's process has ended. */
export interface Gone {
  readonly op: "gone";
  /** As `proc` of what it has written. */
  readonly node: string;
}

export type Happened = Called | Answered | Settled | Started | Done | Gone;
export type Story = readonly Line<Happened>[];
