/** What is known of a simulated run when it is over: what was published, what clients got and were told, what was on the wire. */
import type { Position } from "../../../src/pubsub.ts";
import type { Ghost, Place } from "./ghost.ts";

/** A message that somebody sent. */
export interface Publish {
  readonly id: string;
  readonly topic: string;
  readonly event: string;
  /** Who has sent it: messages of one sender are numbered in their order. */
  readonly sender: string;
  readonly number: number;
  /** When. */
  readonly at: number;
  /** Whether it is kept. */
  readonly isRecorded: boolean;
  /** The session that does not get it. */
  readonly except: string | undefined;
  /** `handleOut` drops it. */
  readonly isHidden: boolean;
  /** Sent several times, with an idempotency key. */
  readonly isRepeated: boolean;
  /** What its sender was told, each time. */
  readonly outcomes: (Position | "refused" | "too_large" | "unknown")[];
  /** How many were not told yet, although they live. */
  waiting: number;
}

/** What happened to a channel of a client, in order. */
export type Step =
  /** A join was answered. */
  | { readonly is: "joined"; readonly at: number; readonly position: Position | null }
  | {
      readonly is: "message";
      readonly at: number;
      readonly topic: string;
      readonly event: string;
      readonly id: string;
      /** Undefined for what is not kept, and for clients that did not ask. */
      readonly position: Position | undefined;
    }
  | {
      readonly is: "told";
      readonly at: number;
      readonly recovered: boolean;
      readonly reason: string | undefined;
      readonly count: number | undefined;
      /** Where it stood until then. */
      readonly before: Position | null;
      readonly position: Position | null;
    }
  /** A replay has ended. */
  | { readonly is: "caughtUp"; readonly at: number }
  /** A push was answered whose handler had broadcast this message before. */
  | { readonly is: "answered"; readonly at: number; readonly id: string };

/** One channel object of a client: over all its connections. */
export interface Run {
  readonly name: string;
  readonly topic: string;
  /** Names its socket. */
  readonly session: string;
  /** False for clients that did not ask for recovery. */
  readonly isAware: boolean;
  /** Whether `handleOut` may drop what it is sent. */
  readonly isFiltered: boolean;
  /** Where it says that it stands at the start. */
  readonly since: Position | "earliest" | { readonly rewind: number } | undefined;
  readonly steps: Step[];
  /** Whether the client has it to the end of the simulation: then it must have got everything. */
  isKept: boolean;
  /** At the end. */
  isJoined: boolean;
}

/** A message on a connection. */
export interface OnWire {
  readonly from: "client" | "server";
  /** When it was sent. */
  readonly at: number;
  /** join_ref, ref, topic, event, payload, and the extension. */
  readonly message: readonly unknown[];
}

export interface Wire {
  readonly name: string;
  readonly messages: OnWire[];
}

export interface Story {
  readonly ghost: Ghost;
  readonly publishes: ReadonlyMap<string, Publish>;
  readonly runs: readonly Run[];
  readonly wires: readonly Wire[];
  /** Where the log of a topic stands at the end. */
  readonly end: ReadonlyMap<string, Place>;
  readonly replayLimit: number;
  /** Whether the store was ever slow or away: then "unavailable" may be said. */
  readonly hadFaults: boolean;
}

/** A promise that was broken: which, and how. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
}
