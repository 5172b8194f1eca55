/** A socket on its path, with its transports. */
import type { SocketProcess, SocketEnvironment } from "../socket/process.ts";
import type { LongPollSessions } from "../transports/longpoll.ts";
import type { MountConfig } from "./config.ts";
import type { ClientDoor } from "./door.ts";
import type { Premises } from "../admission/rules.ts";
import { LongPollDoor } from "./longpoll-door.ts";
import type { PathParams } from "../admission/path.ts";
import { WebSocketDoor } from "./websocket-door.ts";

export class Mount {
  readonly #environment: SocketEnvironment;
  readonly #doors: readonly ClientDoor[];

  /** `sessions` are the endpoint's long-poll sessions, present when a mount has long polling. */
  constructor(
    config: MountConfig,
    environment: SocketEnvironment,
    premises: Premises,
    sessions: LongPollSessions | undefined,
  ) {
    const { websocket, longpoll } = config;
    this.#environment = environment;
    const doors: ClientDoor[] = [];
    if (websocket !== undefined) doors.push(new WebSocketDoor(config, websocket, environment, premises));
    if (longpoll !== undefined && sessions !== undefined) {
      doors.push(new LongPollDoor(config, longpoll, environment, premises, sessions));
    }
    this.#doors = doors;
  }

  /** The connected clients. */
  get processes(): ReadonlySet<SocketProcess> {
    return this.#environment.processes;
  }

  /** Whether callbacks are running. */
  get hasWork(): boolean {
    return this.#environment.work.running > 0;
  }

  /** The transport that answers requests for a path. */
  find(path: string): { readonly door: ClientDoor; readonly params: PathParams } | undefined {
    for (const door of this.#doors) {
      const params = door.match(path);
      if (params !== undefined) return { door, params };
    }
    return undefined;
  }

  /** Waits until all connections are closed; after `ms` terminates the rest. */
  async stop(ms: number): Promise<void> {
    await Promise.all(this.#doors.map((door) => door.stop(ms)));
  }
}
