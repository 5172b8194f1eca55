/** What a diff says about a contract. */
import type { Difference } from "./difference.ts";

/** A: old clients with the new server, as after a deployment. B: new clients with the old server, as after a rollback. */
export type Verdict = "A" | "B";
export const VERDICTS: readonly Verdict[] = ["A", "B"];

/**
 * `breaking`: these clients break. `addition`: only those break that use something new, which the old server does not have.
 * `warning`: something is lost, or it cannot be told.
 */
export type Level = "breaking" | "addition" | "warning";

/** One change, and whom it concerns. */
export interface Finding {
  readonly verdict: Verdict;
  readonly level: Level;
  /** The rule, for waivers: `required`, `missing`, `type` … */
  readonly rule: string;
  /** The path of the socket. */
  readonly socket: string;
  /** The pattern of the channel. Undefined: the socket itself. */
  readonly channel: string | undefined;
  /** The event; `join` for the join. Undefined: the channel itself. */
  readonly event: string | undefined;
  readonly part: Part;
  /** A JSON path in the payload: `$.author.name`. `$` is the whole. */
  readonly path: string;
  /** Which clients break: `old clients that push it`. */
  readonly clients: string;
  /** What is wrong. */
  readonly message: string;
}

export type Part = "socket" | "params" | "channel" | "payload" | "reply" | "error" | "push";
export type Place = Pick<Finding, "socket" | "channel" | "event">;

/** How the two sides are called, for each verdict. */
const SIDES = {
  A: { clients: "old clients", client: "an old client", server: "the new server" },
  B: { clients: "new clients", client: "a new client", server: "the old server" },
} as const;

/** Writes the findings of one verdict. */
export class Findings {
  readonly all: Finding[] = [];
  readonly #verdict: Verdict;

  constructor(verdict: Verdict) {
    this.#verdict = verdict;
  }

  /** The server has not what clients use. With an old server that is so for everything new. */
  missing(place: Place, part: Part, rule: string, whose: string, text: string): void {
    this.#add(place, part, { level: this.#verdict === "A" ? "breaking" : "addition", rule, whose, text });
  }

  breaking(place: Place, part: Part, rule: string, whose: string, text: string): void {
    this.#add(place, part, { level: "breaking", rule, whose, text });
  }

  warning(place: Place, part: Part, rule: string, whose: string, text: string): void {
    this.#add(place, part, { level: "warning", rule, whose, text });
  }

  /** What the comparison of two schemas has found. */
  differences(
    place: Place,
    part: Part,
    whose: string,
    differences: readonly Difference[],
    sender: "client" | "server",
  ): void {
    const { client, server } = SIDES[this.#verdict];
    const names = sender === "client" ? { sender: client, receiver: server } : { sender: server, receiver: client };
    for (const { path, rule, kind, text } of differences) {
      // A property that is not sent yet is no loss.
      if (kind === "gone" && this.#verdict === "B") continue;
      const told = text.replaceAll("{sender}", names.sender).replaceAll("{receiver}", names.receiver);
      const level = kind === "refused" ? "breaking" : "warning";
      this.#add(place, part, { level, rule, whose, text: kind === "unknown" ? `cannot tell: ${told}` : told }, path);
    }
  }

  #add(
    place: Place,
    part: Part,
    {
      level,
      rule,
      whose,
      text,
    }: { readonly level: Level; readonly rule: string; readonly whose: string; readonly text: string },
    path = "$",
  ): void {
    const { clients, client, server } = SIDES[this.#verdict];
    const message = text.replaceAll("{client}", client).replaceAll("{server}", server);
    const who = whose === "" ? clients : `${clients} ${whose}`;
    this.all.push({ verdict: this.#verdict, level, rule, ...place, part, path, clients: who, message });
  }
}
