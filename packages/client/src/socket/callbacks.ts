import { Listeners, listenerRef } from "../listeners.ts";
import type { ListenerRef } from "../listeners.ts";
import type { SocketMessage } from "../serializer.ts";
import type { CloseEvent, TransportClass } from "../transport.ts";

/** What `onError` callbacks get: the transport's error, its class, and how often the socket was connected before. */
export type ErrorArgs = [error: unknown, transport: TransportClass, establishedConnections: number];

/** The callbacks for a socket's connections and messages. A ref is unique over all kinds. */
export class Callbacks {
  readonly open = new Listeners<[]>();
  readonly close = new Listeners<[event: CloseEvent]>();
  readonly error = new Listeners<ErrorArgs>();
  readonly refused = new Listeners<[reason: unknown]>();
  readonly message = new Listeners<[message: SocketMessage]>();
  #count = 0;

  /** `listeners` are those of one kind. */
  add<Args extends unknown[]>(listeners: Listeners<Args>, callback: (...args: Args) => unknown): ListenerRef<string> {
    const id = this.#count++;
    listeners.add(id, callback);
    return listenerRef(String(id), () => listeners.remove(id));
  }

  remove(refs: readonly (ListenerRef<string> | string)[]): void {
    for (const ref of refs) {
      const id = Number(ref);
      for (const listeners of [this.open, this.close, this.error, this.refused, this.message]) listeners.remove(id);
    }
  }
}
