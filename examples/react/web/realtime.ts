import { createHooks } from "@wingbeat/react";
import type { ChatSocket } from "../src/server.ts";

export const { SocketProvider, useChannel, useConnection, useEvent, usePresence, useRecovery } =
  createHooks<ChatSocket>();
