/** The name under which a socket asks for recovery. */
import { Serializer } from "../serializer.ts";
import type { Config } from "./options.ts";

/** Undefined: it does not ask. Only the default codec has a place for what recovery needs. */
export function sessionOf({ recovery, extensions, encode, decode }: Config): string | undefined {
  const isDefault = encode === Serializer.encode && decode === Serializer.decode;
  return recovery && extensions && isDefault ? randomName() : undefined;
}

/** 22 characters: some 113 random bits. */
export function randomName(): string {
  const bytes = new Uint8Array(22);
  // React Native has no crypto.
  globalThis.crypto?.getRandomValues(bytes);
  return Array.from(bytes, (byte) => ((byte ^ (Math.random() * 256)) % 36).toString(36)).join("");
}
