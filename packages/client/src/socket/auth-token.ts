const PREFIX = "base64url.bearer.phx.";

/**
 * The subprotocols that carry an auth token (PROTOCOL.md, section 9). Phoenix reads the standard base64 alphabet without
 * padding. A `/` is not allowed in a subprotocol's name, and browsers refuse it: such a token goes in the URL alphabet.
 */
export function protocolsFor(authToken: string | null | undefined): string[] | undefined {
  if (!authToken) return undefined;
  // The bytes of its UTF-8.
  const encoded = btoa(unescape(encodeURIComponent(authToken))).replaceAll("=", "");
  const allowed = encoded.includes("/") ? encoded.replaceAll("/", "_").replaceAll("+", "-") : encoded;
  return ["phoenix", PREFIX + allowed];
}
