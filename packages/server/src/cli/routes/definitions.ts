/**
 * Finds the sockets among a module's exports. They are recognized by shape, not by class: the
 * application may have another copy of this package than the command.
 */

/** A socket, alone or with the options of its mount. */
export type SocketLike = SocketDefinitionLike | MountLike;

interface SocketDefinitionLike {
  readonly spec: {
    readonly routes: readonly { readonly pattern: { readonly source: string }; readonly channel: ChannelLike }[];
  };
}

interface ChannelLike {
  readonly handleIn: ReadonlyMap<string, unknown>;
  readonly handleInPrefixes: readonly { readonly prefix: string }[];
  readonly handleOut: ReadonlyMap<string, unknown>;
  /** Missing when the application's package is older than the command. */
  readonly pushes?: readonly string[];
}

interface MountLike {
  readonly socket: SocketDefinitionLike;
  readonly websocket?: boolean | { readonly path?: string };
  readonly longpoll?: boolean | { readonly path?: string };
}

/** A socket as it is printed. */
export interface Mount {
  /** The path that it is mounted on; for a socket without one, the name of its export. */
  readonly name: string;
  /** E.g. `websocket /socket/websocket`. None for a socket without a path. */
  readonly transports: readonly string[];
  readonly channels: readonly {
    readonly topic: string;
    readonly handles: readonly string[];
    readonly pushes: readonly string[];
    readonly intercepts: readonly string[];
  }[];
}

/**
 * Sockets by path, from an endpoint, its options or a record; then those that are exported directly and
 * not mounted in the module, by the name of their export.
 */
export function socketsOf(exported: Readonly<Record<string, unknown>>): ReadonlyMap<string, SocketLike> {
  const found = new Map<string, SocketLike>();
  for (const value of Object.values(exported)) {
    for (const [path, mount] of Object.entries(socketsByPath(value))) found.set(path, mount);
  }
  const mounted = new Set([...found.values()].map(definitionOf));
  for (const [name, value] of Object.entries(exported))
    if (isSocket(value) && !mounted.has(value)) found.set(name, value);
  return found;
}

/** The sockets as they are printed. */
export function mountsOf(sockets: ReadonlyMap<string, SocketLike>): Mount[] {
  return [...sockets].map(([name, socket]) => describe(name, socket));
}

function socketsByPath(value: unknown): Readonly<Record<string, SocketLike>> {
  if (!isObject(value) || isSocket(value)) return {};
  const sockets = isObject(value["sockets"]) ? value["sockets"] : value;
  const mounts = Object.entries(sockets).filter(
    (entry): entry is [string, SocketLike] => isSocket(entry[1]) || isMount(entry[1]),
  );
  return Object.fromEntries(mounts.filter(([path]) => path.startsWith("/")));
}

function describe(name: string, socket: SocketLike): Mount {
  const channels = definitionOf(socket).spec.routes.map(({ pattern, channel }) => ({
    topic: pattern.source,
    handles: [...channel.handleIn.keys(), ...channel.handleInPrefixes.map(({ prefix }) => `${prefix}*`)],
    pushes: [...(channel.pushes ?? new Map()).keys()],
    intercepts: [...channel.handleOut.keys()],
  }));
  return { name, transports: name.startsWith("/") ? transportsOf(name, socket) : [], channels };
}

function transportsOf(path: string, mount: SocketLike): string[] {
  const { websocket = true, longpoll = false } = isMount(mount) ? mount : {};
  return Object.entries({ websocket, longpoll }).flatMap(([name, options]) => {
    if (options === false) return [];
    const own = options === true ? undefined : options.path;
    return `${name} ${path === "/" ? "" : path}${own ?? `/${name}`}`;
  });
}

function definitionOf(socket: SocketLike): SocketDefinitionLike {
  return isMount(socket) ? socket.socket : socket;
}

function isMount(value: unknown): value is MountLike {
  return isObject(value) && isSocket(value["socket"]);
}

function isSocket(value: unknown): value is SocketDefinitionLike {
  return isObject(value) && isObject(value["spec"]) && Array.isArray(value["spec"]["routes"]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
