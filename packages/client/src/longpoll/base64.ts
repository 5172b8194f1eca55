/** Standard base64 with padding, the server's format for binary frames in a line of text. */

/** A number of arguments that every engine supports in a call. */
const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  let characters = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    characters += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(characters);
}

/** Accepts the URL alphabet too, with or without padding. The characters of the result stand for bytes. */
export const fromBase64 = (text: string): string => atob(text.replaceAll("-", "+").replaceAll("_", "/"));
