/** Messages that adapters are likely to corrupt. */
export const payloads: readonly { readonly what: string; readonly message: unknown }[] = [
  { what: "text", message: "hello" },
  { what: "an empty text", message: "" },
  { what: "numbers, booleans and null", message: [0, -1, 1.5, 2 ** 53 - 1, true, false, null] },
  { what: "nested objects and lists", message: { a: { b: [{ c: [] }, {}] } } },
  { what: "Unicode", message: { "ключ 🔑": "naïve café — 日本語 — 👩‍👩‍👧 — \u0000 — \u2028" } },
  { what: "bytes", message: new Uint8Array([0, 1, 127, 128, 254, 255]) },
  { what: "no bytes", message: new Uint8Array() },
  { what: "a Buffer", message: Buffer.from([0, 127, 255]) },
  {
    what: "bytes inside of objects and lists",
    message: { file: { parts: [new Uint8Array([1]), Buffer.from([2])] } },
  },
  { what: "1 MB of text", message: { body: "0123456789abcdef".repeat(65_536) } },
  { what: "1 MB of bytes", message: { body: new Uint8Array(1_048_576).map((_, index) => index % 251) } },
];
