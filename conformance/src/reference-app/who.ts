/** What the room's "who" event tells: the connection as `connect` saw it. */
import type { ConnectInfo } from "wingbeat";

export interface UserAssigns {
  user_id: unknown;
  /** The connect parameters; absent on sockets that do not keep them. */
  params?: unknown;
  /** Absent on mounts that ask for no connect info. */
  info?: ConnectInfo;
}

export function who(assigns: UserAssigns, id: string | null) {
  const { user_id, params = null, info } = assigns;
  return {
    user_id,
    id,
    params,
    x_headers: info?.xHeaders ?? {},
    user_agent: info?.userAgent ?? null,
    peer: info?.peer.address ?? null,
    uri: info === undefined ? null : uriOf(info),
  };
}

function uriOf({ uri: { scheme, host, port, path, query } }: ConnectInfo) {
  return { scheme, host, port, path, query };
}
