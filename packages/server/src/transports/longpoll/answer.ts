/**
 * HTTP answers of long polling. The status is in the JSON body; the HTTP status is 200 for everything that concerns a
 * client.
 */
import type { FrameData } from "@wingbeat/protocol";
import type { HttpAnswer } from "../../admission/answer.ts";
import type { Visit } from "../../admission/visit.ts";

/** Any page may read the answers: the origin check, not the browser, decides which pages may connect. */
const EVERY_PAGE = { "access-control-allow-origin": "*" } as const;
const JSON_HEADERS = {
  ...EVERY_PAGE,
  "cache-control": "no-store",
  "content-type": "application/json; charset=utf-8",
} as const;

/** An answer with JSON. */
export const jsonBody = (body: string, status = 200, headers: HttpAnswer["headers"] = {}): HttpAnswer => ({
  status,
  headers: { ...headers, ...JSON_HEADERS },
  body,
});

/** `{"status": …}`, the whole answer to a POST and to every refused request. */
export const statusText = (status: number): string => `{"status":${status}}`;

/** The answer to a GET of a client that is told why it is refused. */
export const refusalText = (frame: FrameData): string => `{"status":403,"messages":[${JSON.stringify(String(frame))}]}`;

/** The answer to a GET. `literals` are JSON strings. */
export function pollText(status: number, token: string, literals: readonly string[]): string {
  return `{"status":${status},"token":${JSON.stringify(token)},"messages":[${literals.join(",")}]}`;
}

/** The answer to a method that is not supported. */
export const UNSUPPORTED: HttpAnswer = { status: 400, headers: EVERY_PAGE };

/** Allows whatever headers pages of other origins ask for: the origin check decides whether they may connect. */
export const preflightAnswer = ({ headers }: Visit): HttpAnswer => ({
  status: 200,
  headers: {
    ...EVERY_PAGE,
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "",
    "access-control-allow-methods": "get, post, options",
    "access-control-max-age": "3600",
  },
});
