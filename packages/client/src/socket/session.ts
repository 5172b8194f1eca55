/** The name under which a socket asks for recovery. */
import { randomName } from "../random-name.ts";
import { Serializer } from "../serializer.ts";
import type { Config } from "./options.ts";

/** Undefined: it does not ask. Only the default codec has a place for what recovery needs. */
export function sessionOf({ recovery, extensions, encode, decode }: Config): string | undefined {
  const isDefault = encode === Serializer.encode && decode === Serializer.decode;
  return recovery && extensions && isDefault ? randomName() : undefined;
}
