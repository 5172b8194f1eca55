import { createHooks } from "@wingbeat/svelte";
import type { ChatSocket } from "../src/server.ts";

export const { setSocket, useChannel, useConnection, useEvent, usePresence, useRecovery } = createHooks<ChatSocket>();
