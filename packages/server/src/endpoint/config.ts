/** Options of an endpoint, read once: unknown keys and bad values are refused at start, defaults are all here. */
import { WingbeatError } from "../errors.ts";
import { checkKeys, checkPositive } from "../options.ts";
import type { PubSubAdapter } from "../pubsub.ts";
import type { ConnectInfo } from "../socket/connect-info.ts";
import type { SocketDefinition } from "../socket.ts";
import type { LoggerOption } from "../telemetry/logger.ts";
import type { CheckOrigin } from "./origin.ts";

/** An HTTP answer to a connection that is refused. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebSocketOptions {
  /** Path below the mount, with `:variables` that join the connect params. Default `/websocket`. */
  readonly path?: string;
  /** Milliseconds without any data of the client after which it is closed with 1002. Default 60,000. */
  readonly timeout?: number;
  /** Bytes of the largest frame or fragmented message; beyond it the connection closes with 1009. Default 10,000,000. */
  readonly maxFrameSize?: number;
  /** Bytes that may wait for a client that does not read; beyond it the connection closes with 1013. Default 4 MiB. */
  readonly bufferLimit?: number;
  /** Subprotocols that are answered when a client asks for one. One that asks for others only gets 403. Default none. */
  readonly subprotocols?: readonly string[];
  /** Accept permessage-deflate. Costs memory and time per connection. Default false. */
  readonly compress?: boolean;
  /** Which pages may connect. Default: the endpoint's. */
  readonly checkOrigin?: CheckOrigin;
  /** Makes the answer when `connect` refuses with a reason. Default: 403 with no body. */
  readonly errorHandler?: (reason: unknown, info: ConnectInfo) => HttpAnswer;
}

/** A socket on a path, with options. */
export interface MountOptions {
  readonly socket: SocketDefinition;
  /** Read a token from `Sec-WebSocket-Protocol` into `info.authToken`. Default false. */
  readonly authToken?: boolean;
  readonly websocket?: WebSocketOptions;
}

export interface EndpointOptions {
  /** Sockets by mount path. A path may have `:variables`. */
  readonly sockets: Readonly<Record<string, SocketDefinition | MountOptions>>;
  /** Which pages may connect. Default true: those of this host. */
  readonly checkOrigin?: CheckOrigin;
  /** The public host name, for `checkOrigin: true` behind a proxy that changes `Host`. Default: the `Host` header. */
  readonly host?: string;
  /** Reaches other nodes. Default: none. */
  readonly pubsub?: PubSubAdapter;
  /** Prints what happens; `false` for silence. Default true: level `info` on the console. */
  readonly logger?: LoggerOption;
}

/** A mount with all its values. */
export interface MountConfig {
  readonly path: string;
  readonly socket: SocketDefinition;
  readonly authToken: boolean;
  readonly websocket: Required<Omit<WebSocketOptions, "errorHandler">> & Pick<WebSocketOptions, "errorHandler">;
}

const ENDPOINT_KEYS = ["sockets", "checkOrigin", "host", "pubsub", "logger"];
const MOUNT_KEYS = ["socket", "authToken", "websocket"];
const WEBSOCKET_KEYS = [
  "path",
  "timeout",
  "maxFrameSize",
  "bufferLimit",
  "subprotocols",
  "compress",
  "checkOrigin",
  "errorHandler",
];

/** Reads the mounts of an endpoint. Throws `WB_OPTION`. */
export function readMounts(options: EndpointOptions): MountConfig[] {
  checkKeys("createEndpoint", options, ENDPOINT_KEYS);
  const mounts = Object.entries(options.sockets ?? {});
  if (mounts.length === 0) {
    throw new WingbeatError("WB_OPTION", 'createEndpoint needs sockets: write sockets: { "/socket": userSocket }.');
  }
  return mounts.map(([path, mount]) => readMount(path, mount, options.checkOrigin ?? true));
}

function readMount(path: string, mount: SocketDefinition | MountOptions, checkOrigin: CheckOrigin): MountConfig {
  const options: MountOptions = "socket" in mount ? mount : { socket: mount };
  checkKeys(`sockets["${path}"]`, options, MOUNT_KEYS);
  checkPath(path);
  const websocket = options.websocket ?? {};
  const where = `sockets["${path}"].websocket`;
  checkKeys(where, websocket, WEBSOCKET_KEYS);
  if (websocket.path !== undefined) checkPath(websocket.path);
  for (const name of ["timeout", "maxFrameSize", "bufferLimit"] as const) {
    checkPositive(`${where}.${name}`, websocket[name]);
  }
  return {
    path,
    socket: options.socket,
    authToken: options.authToken ?? false,
    websocket: {
      path: "/websocket",
      timeout: 60_000,
      maxFrameSize: 10_000_000,
      bufferLimit: 4 * 1024 * 1024,
      subprotocols: [],
      compress: false,
      checkOrigin,
      ...websocket,
    },
  };
}

function checkPath(path: string): void {
  if (path.startsWith("/")) return;
  throw new WingbeatError("WB_OPTION", `path "${path}" must begin with "/".`);
}
