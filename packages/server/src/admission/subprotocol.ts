/** `Sec-WebSocket-Protocol`: picks a subprotocol, and extracts the auth token that Phoenix clients send in it. */

const TOKEN_PREFIX = "base64url.bearer.phx.";
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** What a client offered. */
export interface Offer {
  readonly protocols: readonly string[];
  readonly authToken: string | undefined;
}

export function offeredProtocols(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/**
 * Extracts the auth token from the offered protocols; ignored when there is more than one. Undefined when the token is
 * not base64 (either alphabet, padding optional).
 */
export function takeAuthToken(protocols: readonly string[]): Offer | undefined {
  const tokens = protocols.filter((name) => name.startsWith(TOKEN_PREFIX));
  const encoded = tokens[0]?.slice(TOKEN_PREFIX.length);
  if (tokens.length !== 1 || encoded === undefined) return { protocols, authToken: undefined };
  if (!BASE64.test(encoded) || encoded.replaceAll("=", "").length % 4 === 1) return undefined;
  return {
    protocols: protocols.filter((name) => name !== tokens[0]),
    authToken: Buffer.from(encoded, "base64").toString("utf8"),
  };
}

/** The first of the server's protocols that the client offers; none when the client offers none. */
export function selectProtocol(
  supported: readonly string[],
  offered: readonly string[],
): { readonly selected: string | undefined } | "none matches" {
  if (supported.length === 0 || offered.length === 0) return { selected: undefined };
  const selected = supported.find((name) => offered.includes(name));
  return selected === undefined ? "none matches" : { selected };
}
