/** What the processes of a campaign are told when they are started. */

export interface NodeSettings {
  /** Where it writes its story. */
  readonly folder: string;
  readonly name: string;
  readonly port: number;
  /** Of Redis, on this machine. */
  readonly redisPort: number;
}

export interface ClientsSettings {
  readonly folder: string;
  readonly url: string;
  /** So many of each kind. Each has two lines. */
  readonly clients: number;
  /** So many are made on each line. */
  readonly pushes: number;
  readonly seed: number;
}

/** What a push asks for. */
export interface Wish {
  readonly id: string;
  readonly how: How;
}

/** What its handler does: replies at once or after some time, refuses, throws, or replies with what is not kept. */
export type How = "sync" | "async" | "refuse" | "crash" | "large";
export const HOW: Readonly<Record<How, number>> = { sync: 20, async: 70, refuse: 5, crash: 1, large: 4 };

/** Beyond what a server keeps of a reply. */
export const LARGE = 5_000;
/** Milliseconds that a handler takes at the most. */
export const LONGEST = 80;
export const EVENT = "do";

/** The first part of a topic says what becomes of a number whose node has died. */
export const TOPICS = ["refuse:1", "run:1"] as const;
