/** One socket on its path, behind a door for each of its transports. */
import type { CloseCode } from "@wingbeat/protocol";
import type { SessionEnvironment } from "../socket/session.ts";
import type { LongPollSessions } from "../transports/longpoll.ts";
import type { MountConfig } from "./config.ts";
import type { Door } from "./door.ts";
import { LongPollDoor } from "./longpoll-door.ts";
import type { PathParams } from "./path.ts";
import { WebSocketDoor } from "./websocket-door.ts";

export class Mount {
  readonly #environment: SessionEnvironment;
  readonly #doors: readonly Door[];

  /** `sessions` are the endpoint's long-poll sessions: there when a mount has long polling. */
  constructor(
    config: MountConfig,
    environment: SessionEnvironment,
    host: string | undefined,
    sessions: LongPollSessions | undefined,
  ) {
    const { websocket, longpoll } = config;
    this.#environment = environment;
    const doors: Door[] = [];
    if (websocket !== undefined) doors.push(new WebSocketDoor(config, websocket, environment, host));
    if (longpoll !== undefined && sessions !== undefined) {
      doors.push(new LongPollDoor(config, longpoll, environment, host, sessions));
    }
    this.#doors = doors;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#environment.sessions.size;
  }

  /** The door that answers requests for a path. */
  find(path: string): { readonly door: Door; readonly params: PathParams } | undefined {
    for (const door of this.#doors) {
      const params = door.match(path);
      if (params !== undefined) return { door, params };
    }
    return undefined;
  }

  /** Closes all connections, and ends after `ms` those that do not answer. New ones get 503 from now on. */
  async close(reason: string, code: CloseCode, text: string, ms: number): Promise<void> {
    for (const door of this.#doors) door.shut();
    for (const session of [...this.#environment.sessions]) session.shutdown(reason, code, text);
    await Promise.all(this.#doors.map((door) => door.stop(ms)));
  }
}
