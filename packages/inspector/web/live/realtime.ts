/** The hooks of the page, typed by the inspector's socket. */
import { createHooks } from "@wingbeat/react";
import type { InspectorSocket } from "../contract.ts";

export const { SocketProvider, useSocket, useConnection, useRefusal, useChannel, useEvent } =
  createHooks<InspectorSocket>();
