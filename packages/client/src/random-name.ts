/** 22 characters: some 113 random bits. */
export function randomName(): string {
  const bytes = new Uint8Array(22);
  // React Native has no crypto.
  globalThis.crypto?.getRandomValues(bytes);
  return Array.from(bytes, (byte) => ((byte ^ (Math.random() * 256)) % 36).toString(36)).join("");
}
