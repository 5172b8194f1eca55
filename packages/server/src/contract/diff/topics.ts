/** Which channel of a server takes the topics, and which handler the events, that clients use. */
import { parsePattern } from "../../pattern.ts";
import type { ContractChannel, ContractEvent } from "../model.ts";

/** `covers`: it takes all of these topics. `overlaps`: only some of them. */
export interface Served {
  readonly channel: ContractChannel;
  readonly isWhole: boolean;
}

export function channelFor(pattern: string, channels: readonly ContractChannel[]): Served | undefined {
  const same = channels.find((channel) => shapeOf(channel.pattern) === shapeOf(pattern));
  if (same !== undefined) return { channel: same, isWhole: true };
  const closest = [...channels].sort((a, b) => headOf(b.pattern).length - headOf(a.pattern).length);
  const whole = closest.find((channel) => covers(channel.pattern, pattern));
  if (whole !== undefined) return { channel: whole, isWhole: true };
  const part = closest.find((channel) => overlaps(channel.pattern, pattern));
  return part && { channel: part, isWhole: false };
}

/** The names of placeholders are the server's own. */
const shapeOf = (pattern: string): string => pattern.replaceAll(/\{[^}]*\}/g, "{}");

/** What all topics of a pattern start with. */
const headOf = (pattern: string): string => pattern.split(/[{*]/)[0] ?? "";

/** Each topic of the pattern `inner` is one of `outer`. */
function covers(outer: string, inner: string): boolean {
  if (!/[{*]/.test(inner)) return parsePattern(outer).match(inner) !== undefined;
  const head = headOf(outer);
  const [own, rest] = [headOf(inner), outer.slice(head.length)];
  if (!own.startsWith(head)) return false;
  // `{id}` at the end takes any rest of at least one character.
  return rest === "*" || (/^\{[^}]*\}$/.test(rest) && (own.length > head.length || !inner.endsWith("*")));
}

function overlaps(one: string, other: string): boolean {
  const sample = (pattern: string) => pattern.replace("*", "a").replaceAll(/\{[^}]*\}/g, "a");
  const long = (pattern: string) => pattern.replace("*", "a:a").replaceAll(/\{[^}]*\}/g, "a:a");
  return [sample, long].some(
    (make) => parsePattern(one).match(make(other)) !== undefined || parsePattern(other).match(make(one)) !== undefined,
  );
}

/** The handlers that take an event that clients send: several for a prefix. */
export function handlersOf(event: string, server: ContractChannel, client: ContractChannel): readonly ContractEvent[] {
  const exact = server.events.find((handler) => handler.event === event);
  const prefixes = server.events
    .filter((handler) => handler.event.endsWith("*") && event.startsWith(handler.event.slice(0, -1)))
    .sort((a, b) => b.event.length - a.event.length);
  const main = exact ?? prefixes[0];
  if (main === undefined || !event.endsWith("*")) return main === undefined ? [] : [main];
  const own = new Set(client.events.map((handler) => handler.event));
  const within = server.events.filter(
    (handler) => handler !== main && handler.event.startsWith(event.slice(0, -1)) && !own.has(handler.event),
  );
  return [main, ...within];
}
