/** The hooks of this page's socket, typed by its server. The import takes only the types. */
import { createHooks } from "@wingbeat/react";
import type { SlackSocket } from "@wingbeat/example-slack";

export const { SocketProvider, useSocket, useConnection, useRefusal, useChannel, useEvent, usePresence, useRecovery } =
  createHooks<SlackSocket>();
export { useEphemeral } from "@wingbeat/react";
