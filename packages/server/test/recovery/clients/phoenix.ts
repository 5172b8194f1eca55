/** The official client: as it is, or with the helper that lets it take part in recovery. */
import { recovery } from "@wingbeat/client/phoenix";
import type { PhoenixRecovery, PhoenixSerializer } from "@wingbeat/client/phoenix";
import * as phoenix from "phoenix";
import { WebSocket } from "ws";
import type { Position, Recorder } from "../history.ts";
import { EAGER } from "./eager.ts";
import { Run } from "./run.ts";

/** Exported, but absent from the types. */
const { Serializer } = phoenix as unknown as { Serializer: PhoenixSerializer };

export interface PhoenixKind {
  readonly transport: "websocket" | "longpoll";
  readonly hasHelper: boolean;
}

export class PhoenixClient {
  readonly name: string;
  readonly runs: Run[] = [];
  readonly #socket: phoenix.Socket;
  readonly #recorder: Recorder;
  readonly #helper: PhoenixRecovery | undefined;

  constructor(name: string, { transport, hasHelper }: PhoenixKind, url: string, recorder: Recorder) {
    this.name = name;
    this.#recorder = recorder;
    this.#helper = hasHelper
      ? recovery(Serializer, (topic, { recovered, reason }) => this.#told(topic, recovered, reason))
      : undefined;
    const codec = this.#helper === undefined ? {} : { encode: this.#helper.encode, decode: this.#helper.decode };
    this.#socket = new phoenix.Socket(url, {
      ...EAGER,
      ...(codec as object),
      transport: (transport === "websocket" ? WebSocket : phoenix.LongPoll) as never,
    });
    this.#socket.connect();
  }

  enter(topic: string): void {
    const run = new Run(`${this.name}/${topic}#0`, topic, this.#helper !== undefined, this.#recorder);
    this.runs.push(run);
    const channel = this.#socket.channel(topic, { client: this.name });
    for (const event of ["said", "bytes"]) {
      channel.on(event, (payload: unknown) => run.delivered(payload, this.#position(topic)));
    }
    channel.join().receive("ok", () => run.joined(this.#position(topic)));
  }

  speak(): void {}

  turn(): void {}

  end(): void {
    this.#socket.disconnect();
  }

  #position(topic: string): Position | undefined {
    return this.#helper?.position(topic) ?? undefined;
  }

  #told(topic: string, recovered: boolean, reason: unknown): void {
    const run = this.runs.find((one) => one.topic === topic);
    if (!recovered) run?.reported(String(reason), this.#position(topic));
  }
}
