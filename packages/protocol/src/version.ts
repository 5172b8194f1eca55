/** The version of a connection's frame format (PROTOCOL.md, section 1). */
export type ProtocolVersion = 1 | 2;

/** The version of a client whose URL has no `vsn`. */
export const DEFAULT_VSN = "1.0.0";

/** `1.0.x` or `2.0.x`, build metadata allowed, pre-releases not. */
const SUPPORTED = /^([12])\.0\.(?:0|[1-9]\d*)(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * Picks the frame format for the `vsn` parameter of a connection: `1.0.x` is V1, `2.0.x` is V2. Everything else (`2`,
 * `2.1.0`, `2.0.0-rc.1`, an array) is undefined, and the connection is refused.
 */
export function negotiateVersion(vsn: unknown): ProtocolVersion | undefined {
  const match = typeof vsn === "string" ? SUPPORTED.exec(vsn) : null;
  if (match === null) return undefined;
  return match[1] === "1" ? 1 : 2;
}
