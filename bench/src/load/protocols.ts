import type { Protocol } from "./protocol.ts";
import { phoenix } from "./protocols/phoenix.ts";
import { plain } from "./protocols/plain.ts";
import { socketio } from "./protocols/socketio.ts";

export type ProtocolName = "phoenix" | "socketio" | "plain";

export const protocols: Readonly<Record<ProtocolName, Protocol>> = { phoenix, socketio, plain };
