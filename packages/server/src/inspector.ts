/**
 * `wingbeat/inspector`: a page that shows a running system: its connections, channels, topics, errors, on all nodes.
 */
export type { Inspection, TapEnd } from "./inspector/inspection.ts";
export type * from "./inspector/model.ts";
export { MAX_PAYLOAD, MAX_ROWS, TAP_RATE, TAP_TIME } from "./inspector/model.ts";
export type { InspectorRight } from "./inspector/rights.ts";
export type { InspectorSocket, Welcome } from "./inspector/socket.ts";
export type { TapJoin, ViewJoin } from "./inspector/queries.ts";
