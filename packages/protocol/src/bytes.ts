/** What counts as bytes: buffers and all views of them, of any realm (a test's DOM, an iframe, a vm context). */

/** The bytes of a binary payload, without a copy; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown } | null | undefined)?.[Symbol.toStringTag];
  if (tag !== "ArrayBuffer" && tag !== "SharedArrayBuffer") return undefined;
  // Any object can have such a tag: only a real buffer can be wrapped in a view.
  const bytes = new Uint8Array(value as ArrayBuffer);
  return bytes.buffer === value ? bytes : undefined;
}
