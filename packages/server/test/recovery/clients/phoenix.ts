/** The official client: as it is, or with the helper that lets it take part in recovery. */
import { LongPoll, Socket } from "phoenix";
import { WebSocket } from "ws";
import type { Recorder } from "../history.ts";
import { EAGER } from "./eager.ts";
import { Run } from "./run.ts";

export class PhoenixClient {
  readonly name: string;
  readonly runs: Run[] = [];
  readonly #socket: Socket;
  readonly #recorder: Recorder;

  constructor(name: string, transport: "websocket" | "longpoll", url: string, recorder: Recorder, helper: object = {}) {
    this.name = name;
    this.#recorder = recorder;
    this.#socket = new Socket(url, {
      ...EAGER,
      transport: (transport === "websocket" ? WebSocket : LongPoll) as never,
      ...helper,
    });
    this.#socket.connect();
  }

  enter(topic: string): void {
    const run = new Run(`${this.name}/${topic}#0`, topic, false, this.#recorder);
    this.runs.push(run);
    const channel = this.#socket.channel(topic, { client: this.name });
    for (const event of ["said", "bytes"]) channel.on(event, (payload: unknown) => run.delivered(payload));
    channel.join().receive("ok", () => run.joined());
  }

  speak(): void {}

  turn(): void {}

  end(): void {
    this.#socket.disconnect();
  }
}
