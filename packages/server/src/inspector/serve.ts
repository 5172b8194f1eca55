/** Puts the parts of the inspector together, and mounts them on the endpoint. */
import { createEndpoint } from "../endpoint.ts";
import type { EndpointOptions } from "../endpoint/config.ts";
import type { Endpoint } from "../endpoint.ts";
import { emit } from "../telemetry.ts";
import { Audit } from "./audit.ts";
import { Door } from "./door.ts";
import { Guard } from "./guard.ts";
import type { Inspection } from "./inspection.ts";
import type { InspectorConfig } from "./options.ts";
import { Page } from "./page.ts";
import { inspectorSocket } from "./socket.ts";
import { Tickets } from "./tickets.ts";
import { versionOfWingbeat } from "./version.ts";

/** An inspector that is being served. */
export interface Inspector {
  /** Where its page is. */
  readonly path: string;
  /** Closes it; the endpoint goes on. Also done when the endpoint closes. */
  close(): Promise<void>;
}

/** Serves an inspection. */
export function serveInspection(config: InspectorConfig, inspection: Inspection, page = new Page()): Inspector {
  const { endpoint, path, refused } = config;
  const guard = new Guard(config);
  const tickets = new Tickets(endpoint.options.secretKeyBase, path);
  const audit = new Audit(endpoint);
  const socket = inspectorSocket({
    inspection,
    node: endpoint.pubsub.nodeName,
    version: versionOfWingbeat(),
    admit: ({ authToken, headers, peer: { address } }) => {
      const admitted = tickets.redeem(authToken, headers);
      if (admitted === undefined) guard.failed(address);
      else audit.opened(admitted.viewer);
      return admitted;
    },
    tapped: (viewer, target, reveal) => audit.tapped(viewer, target, reveal),
    acted: (viewer, action, outcome) => audit.acted(viewer, action, outcome),
  });
  const door = new Door({ path, guard, tickets, page, inspection, find: (at) => inner.find(at), refused });
  const close = async (): Promise<void> => {
    takeOut();
    inspection.stop();
    await inner.close({ drain: false });
  };
  const takeOut = endpoint.serve({ find: door.find, close });
  // Last: `serve` throws when the endpoint is closed.
  const inner = innerEndpoint(config, socket);
  emit("inspector.mounted", { endpoint, path, isLocal: guard.isLocal });
  return { path, close };
}

/** Bytes of what a viewer sends, and of what waits for one that does not read. */
const MAX_FRAME = 16 * 1024;
const MAX_BUFFER = 1024 * 1024;

/** An endpoint of its own: the page's connections are none of the application's. It logs where the application does, and only errors. */
function innerEndpoint(
  { endpoint: { options }, path, maxViewers }: InspectorConfig,
  socket: ReturnType<typeof inspectorSocket>,
): Endpoint {
  const { logger = true, trustProxy = false, host } = options;
  const inner: EndpointOptions = {
    sockets: {
      [`${path}/socket`]: {
        socket,
        authToken: true,
        websocket: { maxFrameSize: MAX_FRAME, maxBufferedBytes: MAX_BUFFER },
      },
    },
    // Checked at the door.
    checkOrigin: false,
    trustProxy,
    ...(host === undefined ? {} : { host }),
    maxConnections: maxViewers,
    drain: false,
    logger: logger === false ? false : { ...(logger === true ? {} : logger), level: "error" },
  };
  return createEndpoint(inner);
}
