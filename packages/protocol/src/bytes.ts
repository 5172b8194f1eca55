/** What counts as bytes: buffers and all views of them, of any realm (a test's DOM, an iframe, a vm context). */

/** The bytes of a binary payload, without a copy; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isBuffer(value) ? new Uint8Array(value) : undefined;
}

/** Whether a value is an ArrayBuffer or a SharedArrayBuffer. */
function isBuffer(value: object): value is ArrayBuffer {
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  if (tag !== "ArrayBuffer" && tag !== "SharedArrayBuffer") return false;
  // Any object can have such a tag: only a real buffer can be wrapped in a view.
  return (new Uint8Array(value as ArrayBuffer).buffer as unknown) === value;
}
