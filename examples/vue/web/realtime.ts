import { createHooks } from "@wingbeat/vue";
import type { ChatSocket } from "../src/server.ts";

export const { provideSocket, useChannel, useConnection, useEvent, usePresence, useRecovery } =
  createHooks<ChatSocket>();
