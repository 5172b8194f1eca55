/** Strict base64url without padding. */

/** The bytes of a text; undefined unless it is the one text that encodes them: Node's decoder skips what it dislikes. */
export function base64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
