/** Topic and event patterns: `lobby` (exact), `room:*` (any rest), `room:{id}` (named parts). */
import { WingbeatError } from "./errors.ts";

/** The named parts of a topic that matches a pattern. */
export type PatternParams = Readonly<Record<string, string>>;

export interface Pattern {
  readonly source: string;
  /** The named parts, or undefined when the topic does not match. */
  match(topic: string): PatternParams | undefined;
}

const NO_PARAMS: PatternParams = Object.freeze({});
const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Compiles a pattern. `*` is allowed at the end only and matches any rest, including an empty one. `{name}` matches at
 * least one character: up to the text that follows it in the pattern or, at the end of the pattern, the whole rest.
 */
export function parsePattern(source: string): Pattern {
  const invalid = (why: string): WingbeatError =>
    new WingbeatError("WB_PATTERN", `pattern "${source}" ${why}: write it as "lobby", "room:*" or "room:{id}".`);
  if (typeof source !== "string" || source === "")
    throw new WingbeatError("WB_PATTERN", "a pattern must be a string that is not empty.");
  const star = source.indexOf("*");
  const hasBraces = source.includes("{") || source.includes("}");
  if (star !== -1 && star !== source.length - 1) throw invalid('has "*" before its end');
  if (star !== -1 && hasBraces) throw invalid('mixes "*" and "{…}"');
  if (star !== -1) {
    const prefix = source.slice(0, -1);
    return { source, match: (topic) => (topic.startsWith(prefix) ? NO_PARAMS : undefined) };
  }
  if (hasBraces) return placeholderPattern(source, invalid);
  return { source, match: (topic) => (topic === source ? NO_PARAMS : undefined) };
}

function placeholderPattern(source: string, invalid: (why: string) => WingbeatError): Pattern {
  const names: string[] = [];
  const literals: string[] = [];
  let end = 0;
  for (const found of source.matchAll(PLACEHOLDER)) {
    const literal = source.slice(end, found.index);
    if (names.length > 0 && literal === "") throw invalid("has two placeholders with nothing between them");
    if (names.includes(found[1] as string)) throw invalid(`names "${found[1]}" twice`);
    literals.push(literal);
    names.push(found[1] as string);
    end = found.index + found[0].length;
  }
  const tail = source.slice(end);
  if (literals.concat(tail).some((literal) => /[{}]/.test(literal))) throw invalid('has a "{" or "}" without a name');
  return { source, match: (topic) => matchParts(topic, literals, names, tail) };
}

/**
 * Reads the named parts of a topic from left to right. No regular expression: with several placeholders, a long topic
 * could make one backtrack forever, and topics come from clients.
 */
function matchParts(
  topic: string,
  literals: readonly string[],
  names: readonly string[],
  tail: string,
): PatternParams | undefined {
  if (!topic.startsWith(literals[0] as string) || !topic.endsWith(tail)) return undefined;
  const params: Record<string, string> = {};
  let start = (literals[0] as string).length;
  for (const [index, name] of names.entries()) {
    const next = literals[index + 1];
    const end = next === undefined ? topic.length - tail.length : topic.indexOf(next, start + 1);
    if (end <= start) return undefined;
    params[name] = topic.slice(start, end);
    start = end + (next ?? "").length;
  }
  return params;
}
