/**
 * `wingbeat/transports`: the contract for those who write a transport of their own, for the option `transports` of a mount.
 * The endpoint's own are in `transports/`.
 */
export { Refusal } from "./admission/refusal.ts";
export { Frame } from "./transports/connection.ts";
export type { Connection, ConnectionHandler, Encoding } from "./transports/connection.ts";
export type { Transport, TransportDefinition, TransportMount } from "./transports/transport.ts";
export type { Admitted } from "./admission/admit.ts";
export type { HttpAnswer } from "./admission/answer.ts";
export type { PathParams } from "./admission/path.ts";
export type { Screened } from "./admission/rules.ts";
export type { Visit } from "./admission/visit.ts";
export type { BodyFault, Exchange, Handler, Unfinished, Upgrade } from "./hosts/host.ts";
