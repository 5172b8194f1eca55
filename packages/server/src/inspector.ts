/**
 * `wingbeat/inspector`: a page that shows a running system: its connections, channels, topics and errors, on all nodes.
 *
 * @example
 * inspector({ endpoint, authorize: (request) => isAdmin(request.headers.cookie) });
 * @module
 */
import { inspect } from "./inspector/inspect.ts";
import { readOptions } from "./inspector/options.ts";
import type { InspectorOptions } from "./inspector/options.ts";
import { serveInspection } from "./inspector/serve.ts";
import type { Inspector } from "./inspector/serve.ts";

export type { Authorize, InspectorRequest, InspectorUser } from "./inspector/authorization.ts";
export type { Inspection, TapEnd } from "./inspector/inspection.ts";
export type * from "./inspector/model.ts";
export { MAX_PAYLOAD, MAX_ROWS, TAP_RATE, TAP_TIME } from "./inspector/model.ts";
export type { InspectorOptions } from "./inspector/options.ts";
export type { TapJoin, ViewJoin } from "./inspector/queries.ts";
export type { InspectorRight } from "./inspector/rights.ts";
export type { Inspector } from "./inspector/serve.ts";
export type { InspectorSocket, Welcome } from "./inspector/socket.ts";

/**
 * Serves a page that shows an endpoint, and all nodes of its cluster that have an inspector, below `path`: with `listen`
 * and with `attach`. Without `authorize` only this machine gets in, in development; with a `NODE_ENV` other than
 * `development` and `test`, or behind a proxy that the endpoint trusts, it throws `WB_OPTION`. Nothing is counted while nobody looks.
 */
export function inspector(options: InspectorOptions): Inspector {
  const config = readOptions(options);
  const inspection = inspect(config.endpoint, config);
  try {
    return serveInspection(config, inspection);
  } catch (error) {
    inspection.stop();
    throw error;
  }
}
