/** Asks an inspector for one of its views, and says plainly why there is no answer. */
import type { Answer, QueryOf, ViewName } from "../../inspector/model.ts";
import { CommandError } from "../command-error.ts";
import { readable } from "./readable.ts";

/** How long an inspector may take to answer, in ms: it waits for other nodes itself. */
const TIMEOUT = 10_000;
/** Of an answer, in bytes. Those of an inspector are much smaller. */
const MAX_ANSWER = 32 * 1024 * 1024;

export type Ask = <View extends ViewName>(view: View, query: QueryOf<View>) => Promise<Answer<View>>;

/** Where an inspector is. Throws `CommandError`. */
export function addressOf(given: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(`"${given}" is no address. Write: wingbeat top http://localhost:4000/inspector`);
  }
  if (url.pathname === "/") url.pathname = "/inspector";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  url.search = "";
  url.hash = "";
  return url;
}

/** Reads `name: value`. Throws `CommandError`. */
export function headersOf(given: readonly string[]): Headers {
  const headers = new Headers();
  for (const text of given) {
    const colon = text.indexOf(":");
    try {
      if (colon === -1) throw new TypeError("no colon");
      headers.append(text.slice(0, colon).trim(), text.slice(colon + 1).trim());
    } catch {
      throw new CommandError(`--header "${text}" is no header. Write: --header "cookie: session=…"`);
    }
  }
  return headers;
}

/** Asks the inspector at this address. What it returns rejects with a `CommandError`. */
export function asker(base: URL, headers: Headers): Ask {
  return async (view, query) => {
    const url = new URL(`snapshot/${view}`, base);
    url.searchParams.set("query", JSON.stringify(query));
    let response: Response;
    let body: string;
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      response = await fetch(url, { headers, redirect: "manual", signal });
      body = await textIn(response);
    } catch (error) {
      throw new CommandError(`Nothing answers at ${base.href}: ${reasonOf(error)}. Is the server running?`);
    }
    const answer = response.status === 200 ? parse(body) : undefined;
    if (answer?.view === view && typeof answer.data === "object") return answer as never;
    throw new CommandError(whyNot(base, response, body));
  };
}

async function textIn({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER) throw new Error("its answer is larger than 32 MB");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parse(body: string): Partial<Answer> | undefined {
  try {
    return (JSON.parse(body) as Partial<Answer> | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { name, cause, message } = error as Error & { readonly cause?: { readonly code?: string; message?: string } };
  if (name === "TimeoutError") return `no answer in ${TIMEOUT / 1_000} seconds`;
  if (cause?.code === "ECONNREFUSED") return "connection refused";
  if (cause?.code === "ENOTFOUND") return "no such host";
  return readable(cause?.message ?? message);
}

function whyNot(base: URL, { status, headers }: Response, body: string): string {
  const said = headers.get("content-type")?.startsWith("text/plain") === true ? ` ${readable(body.trim())}` : "";
  switch (status) {
    case 401:
    case 403:
      return (
        `${base.href} does not let you in (${status}).${said} ` +
        'Pass what authorize asks for: --header "cookie: session=…"'
      );
    case 429:
      return `${base.href} has refused you too often. Try again in ${readable(headers.get("retry-after") ?? "60")} seconds.`;
    case 500:
    case 503:
      return `${base.href} cannot say who you are (${status}): its authorize has failed, or takes too long.`;
    default:
      return `${base.href} is no inspector (it answered ${status}). Name the path at which inspector() is mounted.`;
  }
}
