/** Who sends a request, and how: as the connection says, or the proxies that are trusted. */
import type { Context } from "hono";
import type { App } from "./app.ts";

export interface HttpClient {
  readonly address: string;
  readonly isSecure: boolean;
}

/** With `proxies` in front of the server, the last so many entries of `X-Forwarded-For` are theirs. */
export function clientOf(c: Context<App>, proxies: number): HttpClient {
  const { socket } = c.env.incoming;
  const direct = { address: socket.remoteAddress ?? "", isSecure: "encrypted" in socket };
  if (proxies === 0) return direct;
  const forwarded = c.req.header("x-forwarded-for")?.split(",") ?? [];
  const protocols = c.req.header("x-forwarded-proto")?.split(",") ?? [];
  return {
    address: forwarded.at(-proxies)?.trim() || direct.address,
    isSecure: protocols.at(-proxies)?.trim() === "https" || direct.isSecure,
  };
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

/** `Firefox on Linux`: how a session is named to its user. */
export function deviceOf(userAgent = ""): string {
  const named = (names: typeof BROWSERS): string | undefined => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = named(SYSTEMS);
  const browser = named(BROWSERS) ?? "Unknown browser";
  return system === undefined ? browser : `${browser} on ${system}`;
}
