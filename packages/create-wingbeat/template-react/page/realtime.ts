import { PushError } from "@wingbeat/client";
import type { Refusal } from "@wingbeat/client";
import { createHooks } from "@wingbeat/react";
import type { userSocket } from "../src/socket.ts";

/** The compiler checks topics, events, payloads and replies against the server's definitions. */
export const { SocketProvider, useChannel, useEvent, usePresence, useRecovery } = createHooks<typeof userSocket>();

/** The message of an error reply, for people. */
export function sentence(error: unknown): string {
  const response = (error instanceof PushError ? error.response : error) as Partial<Refusal> | undefined;
  if (response?.issues !== undefined) return response.issues.map(({ message }) => message).join(" ");
  if (error instanceof PushError && error.reason !== "refused") return "The server has not answered. Try again.";
  return response?.reason ?? "The server refused it.";
}
