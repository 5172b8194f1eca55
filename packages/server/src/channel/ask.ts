/** What a client asks for in element 6 of its `phx_join` (PROTOCOL.md, section 16). */
import { markOf } from "../pubsub/history/position.ts";
import type { Mark, Position } from "../pubsub.ts";

/** From where a client wants to be sent what it missed. */
export type Since =
  /** From the beginning of the log. */
  | "earliest"
  /** After this position. No mark: nothing here has such a position. */
  | { readonly position: Position; readonly mark: Mark | undefined };

export interface Ask {
  /** Random, the same for all joins of a client. */
  readonly session: string;
  readonly since: Since | undefined;
  /** The last messages, so many. */
  readonly rewind: number | undefined;
}

/** The name of a client: random and secret. */
export const SESSION = /^[\w-]{22}$/;

/** Reads the request; undefined for anything else: such a client gets what Phoenix sends. Never throws. */
export function readAsk(extension: unknown): Ask | undefined {
  if (typeof extension !== "object" || extension === null) return undefined;
  const { v, session, since, rewind } = extension as { readonly [name: string]: unknown };
  if (v !== 1 || typeof session !== "string" || !SESSION.test(session)) return undefined;
  if (rewind !== undefined && !(Number.isSafeInteger(rewind) && (rewind as number) > 0)) return undefined;
  const read = readSince(since);
  if (read === null) return undefined;
  return { session, since: read, rewind: since === undefined ? (rewind as number | undefined) : undefined };
}

/** Null: malformed. */
function readSince(since: unknown): Since | undefined | null {
  if (since === undefined || since === "earliest") return since;
  if (!Array.isArray(since) || since.length !== 2) return null;
  const [epoch, offset] = since as readonly unknown[];
  if (typeof epoch !== "string" || typeof offset !== "number") return null;
  const position = { epoch, offset };
  return { position, mark: markOf(position) };
}
