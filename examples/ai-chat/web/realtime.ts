import { PushError } from "@wingbeat/client";
import type { Refusal } from "@wingbeat/client";
import { createHooks } from "@wingbeat/react";
import type { UserSocket } from "../src/socket.ts";

/** They know the server's topics, events, payloads and replies. */
export const { SocketProvider, useSocket, useConnection } = createHooks<UserSocket>();

/** Why a push or a join failed, for people. */
export function sentence(error: unknown): string {
  const response = (error instanceof PushError ? error.response : error) as Partial<Refusal> | undefined;
  if (response?.issues !== undefined) return response.issues.map(({ message }) => message).join(" ");
  if (error instanceof PushError && error.reason !== "refused") return "The server has not answered. Try again.";
  return response?.reason ?? "The server refused it.";
}
