/** The requests below the inspector's path. Whoever is not let in learns nothing, not even what there would be. */
import type { HttpAnswer } from "../admission/answer.ts";
import { parseTarget } from "../admission/target.ts";
import type { Exchange, FindHandler, Found, Handler, Upgrade } from "../hosts/host.ts";
import type { Login } from "./authorization.ts";
import type { Asked, Guard, Refused } from "./guard.ts";
import type { Inspection } from "./inspection.ts";
import type { Page } from "./page.ts";
import { isView, readQuery } from "./queries.ts";
import type { Tickets } from "./tickets.ts";

/** How long the rest of a body is read that nobody has asked for, and how long an answer may remain unread, in ms. */
const LINGER = 1_000;
const READ_WITHIN = 10_000;

/** On every answer. The page needs nothing but its own files and socket, and belongs into no other page. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

const LOCAL_ONLY =
  "The inspector answers only this machine, under localhost and without a proxy. To let others in, pass authorize.\n";

const STATUS: { readonly [Why in Refused["refused"]]?: number } = {
  "too many failures": 429,
  busy: 503,
  timeout: 503,
  crashed: 500,
};

export interface DoorParts {
  readonly path: string;
  readonly guard: Guard;
  readonly tickets: Tickets;
  readonly page: Page;
  readonly inspection: Inspection;
  /** Finds the socket's handler. */
  readonly find: FindHandler;
  /** For who asks for the page and may not see it. */
  readonly refused: HttpAnswer;
}

export class Door implements Handler {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  readonly find: FindHandler = (path): Found | undefined => {
    const { path: own } = this.#parts;
    if (!path.startsWith(own)) return undefined;
    const rest = path.slice(own.length);
    return rest === "" || rest.startsWith("/") ? { handler: this, params: { rest } } : undefined;
  };

  async request(exchange: Exchange, { rest = "" }: Readonly<Record<string, string>>): Promise<void> {
    const asked = rest === "/ticket" ? "ticket" : rest === "" || rest === "/" ? "page" : "part";
    const login = await this.#parts.guard.admit(exchange, asked);
    await send(exchange, "refused" in login ? this.#refusal(login, asked) : await this.#answer(exchange, rest, login));
  }

  async upgrade(upgrade: Upgrade): Promise<void> {
    const refused = this.#parts.guard.screen(upgrade, "socket");
    if (refused !== undefined) return upgrade.answer(this.#refusal(refused, "socket"));
    const found = this.#parts.find(parseTarget(upgrade.url)?.path ?? "");
    if (found?.handler.upgrade === undefined) return upgrade.answer({ status: 403 });
    return found.handler.upgrade(upgrade, found.params);
  }

  #refusal({ refused, retryAfter }: Refused, asked: Asked): HttpAnswer {
    if (asked === "page" && refused === "not authorized") return this.#parts.refused;
    if (refused === "not this machine") return text(403, LOCAL_ONLY);
    const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
    return { status: STATUS[refused] ?? 403, headers };
  }

  /** For somebody who was let in. */
  async #answer(exchange: Exchange, rest: string, login: Login): Promise<HttpAnswer> {
    if (rest === "/ticket") return exchange.method === "POST" ? this.#ticket(exchange, login) : notAllowed("POST");
    if (exchange.method !== "GET" && exchange.method !== "HEAD") return notAllowed("GET, HEAD");
    // The page's files are beside it: it needs the slash. Relative, because a proxy may have taken a part of the path.
    if (rest === "") return { status: 308, headers: { location: `${this.#parts.path.split("/").at(-1)}/` } };
    if (rest.startsWith("/snapshot/")) return this.#snapshot(rest.slice("/snapshot/".length), exchange.url);
    return (await this.#parts.page.answer(rest)) ?? NOT_FOUND;
  }

  #ticket(exchange: Exchange, login: Login): HttpAnswer {
    const { guard, tickets } = this.#parts;
    return json(200, { ticket: tickets.issue(login, guard.addressOf(exchange), exchange.headers) });
  }

  async #snapshot(view: string, url: string): Promise<HttpAnswer> {
    if (!isView(view)) return NOT_FOUND;
    const { inspection } = this.#parts;
    let query;
    try {
      const text = new URLSearchParams(parseTarget(url)?.query).get("query");
      query = readQuery(view, text === null ? {} : JSON.parse(text));
    } catch (error) {
      return json(400, { error: `query: ${(error as Error).message}` });
    }
    const stopWatching = inspection.watch();
    try {
      return json(200, await inspection.ask(view, query));
    } finally {
      stopWatching();
    }
  }
}

const text = (status: number, body: string): HttpAnswer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});
const json = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});
const NOT_FOUND = text(404, "not found\n");
const notAllowed = (allow: string): HttpAnswer => ({ status: 405, headers: { allow } });

/** Nothing here takes a body: one that comes is thrown away. */
async function send(exchange: Exchange, { status, headers, body = "" }: HttpAnswer): Promise<void> {
  const answer = { status, headers: { ...HEADERS, ...headers }, body };
  const length = exchange.headers["content-length"] ?? "0";
  const hasBody = length !== "0" || exchange.headers["transfer-encoding"] !== undefined;
  if (hasBody) await exchange.answerEarly(answer, LINGER);
  else exchange.answer(answer, READ_WITHIN);
}
