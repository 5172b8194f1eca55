import type { Protocol } from "./protocol.ts";
import { aware } from "./protocols/aware.ts";
import { phoenix } from "./protocols/phoenix.ts";
import { plain } from "./protocols/plain.ts";
import { socketio } from "./protocols/socketio.ts";

export type ProtocolName = "phoenix" | "aware" | "socketio" | "plain";

export const protocols: Readonly<Record<ProtocolName, Protocol>> = { phoenix, aware, socketio, plain };
