/** What counts as the same: parsed JSON, bytes, codes, statuses and protocols; never the server's own headers. */
import { isDeepStrictEqual } from "node:util";
import { openFrame, TEXT_FRAME } from "./frames.ts";
import { describe, type HttpAnswer, type Sight } from "./steps.ts";

/** Handshake headers that are the protocol's. Others (date, cache-control …) are the HTTP server's. */
const PROTOCOL_HEADERS = /^(upgrade|connection|sec-websocket-[a-z]+):/i;

/** Bodies that the reference application chose. Others are the server's words for people. */
const OWN_BODIES = ["", "Too many requests", "custom :some_reason", "not found"];

/** Every answer of long polling to a page has it. */
const CORS = "access-control-allow-origin";
const LONG_POLL_HEADERS = /^(access-control-.*|content-type)$/;

/** A close with this code says in its reason what was wrong with a frame; Phoenix leaves it empty. */
const INTERNAL_ERROR = 1011;

/** How what came differs from what was recorded, for a person; undefined when it does not. */
export function differenceOf(expected: Sight, seen: Sight, port: number): string | undefined {
  return isSame(expected, seen, port) ? undefined : `expected ${describe(expected)}, got ${describe(seen)}`;
}

function isSame(expected: Sight, seen: Sight, port: number): boolean {
  if (expected.client !== seen.client) return false;
  if ("recv" in expected) return "recv" in seen && isSameJson(expected.recv, seen.recv, port);
  if ("recvVerbatim" in expected) return "recv" in seen && expected.recvVerbatim === seen.recv;
  if ("recvBinHead" in expected) return "recvBin" in seen && isHead(expected, seen.recvBin);
  if ("recvRaw" in expected) return "recvRaw" in seen && isSameFrame(expected.recvRaw, seen.recvRaw, port);
  if ("refused" in expected) return "refused" in seen && isSameAnswer(expected.refused, seen.refused);
  if ("response" in expected) return "response" in seen && isSameAnswer(expected.response, seen.response);
  if ("handshake" in expected) return "handshake" in seen && isSameHandshake(expected.handshake, seen.handshake);
  if ("close" in expected) return "close" in seen && isSameClose(expected.close, seen.close);
  return isDeepStrictEqual(expected, seen);
}

function isSameJson(expected: string, seen: string, port: number): boolean {
  try {
    return isDeepStrictEqual(withPort(JSON.parse(expected), port), JSON.parse(seen));
  } catch {
    return false;
  }
}

/** The recorded server listened elsewhere: a `uri` that connect info gave carries the port of this one. */
function withPort(value: unknown, port: number): unknown {
  if (Array.isArray(value)) return value.map((item) => withPort(item, port));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withPort(item, port)] as const);
  const copy = Object.fromEntries(entries) as Record<string, unknown>;
  return "scheme" in copy && "host" in copy && "port" in copy ? { ...copy, port } : copy;
}

function isHead({ recvBinHead, totalBytes }: { recvBinHead: string; totalBytes: number }, seen: string): boolean {
  return seen.startsWith(recvBinHead) && seen.length === totalBytes * 2;
}

function isSameFrame(expected: string, seen: string, port: number): boolean {
  if (expected === seen) return true;
  const one = openFrame(Buffer.from(expected, "hex"));
  const other = openFrame(Buffer.from(seen, "hex"));
  return one.head === TEXT_FRAME && other.head === TEXT_FRAME && isSameJson(`${one.payload}`, `${other.payload}`, port);
}

function isSameAnswer(expected: HttpAnswer, seen: HttpAnswer): boolean {
  if (expected.status !== seen.status) return false;
  if (expected.headers?.some(([name]) => name === CORS) === true) return isSameLongPoll(expected, seen);
  return expected.body === seen.body || !OWN_BODIES.includes(expected.body);
}

/** Answers of long polling are the protocol's to the last header that a page can see. */
function isSameLongPoll(expected: HttpAnswer, seen: HttpAnswer): boolean {
  if (!isDeepStrictEqual(protocolHeaders(expected), protocolHeaders(seen))) return false;
  return isDeepStrictEqual(longPollBody(expected.body), longPollBody(seen.body));
}

function protocolHeaders({ headers = [] }: HttpAnswer): Record<string, string> {
  return Object.fromEntries(
    headers.filter(
      ([name, value]) => LONG_POLL_HEADERS.test(name) || (name === "cache-control" && value === "no-store"),
    ),
  );
}

/** The body, with its messages parsed as well: the order of keys is not the protocol's. */
function longPollBody(body: string): unknown {
  if (body === "") return body;
  const parsed = JSON.parse(body) as { messages?: string[] };
  return parsed.messages === undefined ? parsed : { ...parsed, messages: parsed.messages.map(parsedIfJson) };
}

function parsedIfJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isSameHandshake(expected: string[], seen: string[]): boolean {
  return isDeepStrictEqual(protocolLines(expected), protocolLines(seen));
}

function protocolLines([status = "", ...headers]: string[]): string[] {
  const lines = headers.filter((line) => PROTOCOL_HEADERS.test(line)).map(normaliseHeader);
  return [status, ...lines.sort()];
}

/** Names are case-insensitive, and so are the values "websocket" and "Upgrade"; a key or a protocol is not. */
function normaliseHeader(line: string): string {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).toLowerCase();
  const value = line.slice(colon + 1).trim();
  return `${name}: ${name.startsWith("sec-") ? value : value.toLowerCase()}`;
}

type Close = { code: number; reason: string };

function isSameClose(expected: Close, seen: Close): boolean {
  return expected.code === seen.code && (expected.code === INTERNAL_ERROR || expected.reason === seen.reason);
}
