import { createHash } from "node:crypto";
import { z } from "zod";

export const User = z.object({ id: z.string(), name: z.string() });
export type User = z.infer<typeof User>;

const TOKEN = /^(?<name>[\p{L}\p{N}][\p{L}\p{N} ._'-]{0,23})~(?<key>[0-9a-f]{32})$/u;

/**
 * Finds the user of a token. In this demo a token is `name~key`, made by the page: whoever has the key is that user,
 * and others see its hash only. A real application verifies a signed token and loads the user here.
 */
export function findUser(token: unknown): User | undefined {
  const { name, key } = (typeof token === "string" && TOKEN.exec(token)?.groups) || {};
  if (name === undefined || key === undefined) return undefined;
  return { id: createHash("sha256").update(key).digest("hex").slice(0, 12), name };
}
