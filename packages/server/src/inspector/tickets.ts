/**
 * Tickets for the page's socket. Browsers send no headers of one's choice with a WebSocket, and cookies from every page:
 * so the page fetches a ticket first, which only a page of its own origin can read, and shows it in the handshake. It is
 * signed and not kept: any node with the endpoint's `secretKeyBase` takes it.
 */
import { randomBytes } from "node:crypto";
import { sign, verify } from "../token.ts";
import type { RequestHeaders } from "../socket/connect-info.ts";
import type { Login } from "./authorization.ts";
import type { InspectorRight, Viewer } from "./rights.ts";

/** How long a ticket is good for, in seconds. */
export const TICKET_AGE = 30;
/** How long somebody who has come with a ticket is let in, in ms: then `authorize` is asked again. */
export const LOGIN_TIME = 120_000;
/** How many used tickets are remembered. */
const MAX_USED = 10_000;
/** Characters of a ticket. */
const MAX_TICKET = 4_096;

interface Data {
  readonly id: string;
  readonly viewer: Viewer;
  /** Ms since 1970. */
  readonly until: number;
  readonly origin: string;
  readonly agent: string;
}

/** Who has come, and until when they are let in. */
export interface Admitted {
  readonly viewer: Viewer;
  readonly expiresAt: number;
}

export class Tickets {
  readonly #secret: string;
  readonly #salt: string;
  /** The tickets that were used, with their ends, oldest first. */
  readonly #used = new Map<string, number>();

  constructor(secret: string | undefined, path: string) {
    this.#secret = secret ?? randomBytes(48).toString("base64url");
    this.#salt = `wingbeat inspector ${path}`;
  }

  /** A ticket for the page that asks. */
  issue({ user, may, expiresAt }: Login, address: string, headers: RequestHeaders): string {
    const data: Data = {
      id: randomBytes(16).toString("base64url"),
      viewer: { user, may, address },
      until: Math.min(expiresAt, Date.now() + LOGIN_TIME),
      ...holderOf(headers),
    };
    return sign(this.#secret, this.#salt, data, { maxAge: TICKET_AGE });
  }

  /** Takes a ticket, once. Undefined: it is not one of ours, too old, somebody else's or used. */
  redeem(ticket: string | undefined, headers: RequestHeaders): Admitted | undefined {
    if (ticket === undefined || ticket.length > MAX_TICKET) return undefined;
    const read = verify<Data>(this.#secret, this.#salt, ticket, { maxAge: TICKET_AGE });
    if (!read.ok) return undefined;
    const { id, viewer, until, origin, agent } = read.data;
    const holder = holderOf(headers);
    // A client that is no browser sends no origin with its handshake.
    const isHolder = agent === holder.agent && (origin === holder.origin || holder.origin === "");
    if (!isHolder || until <= Date.now() || !this.#use(id)) return undefined;
    return { viewer: { ...viewer, may: viewer.may as readonly InspectorRight[] }, expiresAt: until };
  }

  #use(id: string): boolean {
    if (this.#used.has(id)) return false;
    const now = Date.now();
    for (const [used, end] of this.#used) {
      if (end > now && this.#used.size < MAX_USED) break;
      this.#used.delete(used);
    }
    this.#used.set(id, now + TICKET_AGE * 1_000);
    return true;
  }
}

/** What the handshake must have in common with the request for the ticket. Not the address: nodes see that of their proxy. */
const holderOf = (headers: RequestHeaders): Pick<Data, "origin" | "agent"> => ({
  origin: headers["origin"] ?? "",
  agent: (headers["user-agent"] ?? "").slice(0, 512),
});
