/** Base64url as Plug.Crypto reads it: without padding, or with exactly the padding that belongs there. */

/** The bytes of a text; undefined unless it is a text that encodes them: Node's decoder skips what it dislikes. */
export function base64url(text: string): Buffer | undefined {
  const bare = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
  const bytes = Buffer.from(bare, "base64url");
  return bytes.toString("base64url") === bare ? bytes : undefined;
}
