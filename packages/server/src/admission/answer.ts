/** HTTP answers, as applications and transports give them to a host. */
import { WingbeatError } from "../errors.ts";

/** The HTTP answer to a refused connection. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Headers that frame the answer or control the connection: never taken from the application. */
const FRAMING = new Set(["connection", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade"]);

/** Header names and values that HTTP allows (RFC 9110, section 5). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Checks what `errorHandler` returned: it may contain client input, which must not be able to inject headers. Framing
 * headers are dropped. Throws `WB_BAD_RETURN`.
 */
export function readAnswer(value: unknown): HttpAnswer {
  if (typeof value !== "object" || value === null) throw badAnswer(`${typeof value}: it must return { status }`);
  const { status, headers = {}, body = "" } = value as { status?: unknown; headers?: unknown; body?: unknown };
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) {
    throw badAnswer(`status ${String(status)}: it must be a whole number from 200 to 599`);
  }
  if (typeof body !== "string") throw badAnswer(`a body that is ${typeof body}: it must be a string`);
  if (typeof headers !== "object" || headers === null) throw badAnswer("headers that are not an object");
  return { status: status as number, headers: readHeaders(headers), body };
}

function readHeaders(headers: object): Record<string, string> {
  const read: [string, string][] = [];
  for (const [name, value] of Object.entries(headers) as [string, unknown][]) {
    if (FRAMING.has(name.toLowerCase())) continue;
    if (typeof value !== "string" && typeof value !== "number") {
      throw badAnswer(`header ${JSON.stringify(name)} that is ${typeof value}: it must be a string`);
    }
    if (!NAME.test(name) || !VALUE.test(String(value))) {
      throw badAnswer(`a header that HTTP does not allow: ${JSON.stringify(name)}: ${JSON.stringify(String(value))}`);
    }
    read.push([name, String(value)]);
  }
  return Object.fromEntries(read);
}

const badAnswer = (what: string): WingbeatError => new WingbeatError("WB_BAD_RETURN", `errorHandler returned ${what}.`);
