/** Our own client, over WebSockets or long polling. */
import { WebSocket } from "ws";
import { LongPoll, Socket } from "@wingbeat/client";
import type { Channel, JoinFrom } from "@wingbeat/client";
import type { Random } from "../../attack/random.ts";
import type { Position, Recorder } from "../history.ts";
import { EAGER } from "./eager.ts";
import { Run } from "./run.ts";

export class OurClient {
  readonly name: string;
  readonly runs: Run[] = [];
  readonly #socket: Socket;
  readonly #recorder: Recorder;
  readonly #random: Random;
  readonly #joined = new Map<Run, Channel>();

  constructor(name: string, transport: "websocket" | "longpoll", url: string, recorder: Recorder, random: Random) {
    this.name = name;
    this.#recorder = recorder;
    this.#random = random;
    this.#socket = new Socket(url, {
      ...EAGER,
      transport: (transport === "websocket" ? WebSocket : LongPoll) as never,
      params: { name },
    });
    this.#socket.connect();
  }

  enter(topic: string, begin: JoinFrom = {}): void {
    const run = new Run(`${this.name}/${topic}#${this.runs.length}`, topic, true, this.#recorder);
    this.runs.push(run);
    const channel = this.#socket.channel(topic, { client: this.name });
    this.#joined.set(run, channel);
    for (const event of ["said", "bytes"]) {
      channel.on(event, (payload: unknown, _ref: unknown, _joinRef: unknown, position?: Position) =>
        run.delivered(payload, position),
      );
    }
    channel.onRecover(({ recovered, reason }) => {
      if (!recovered) run.reported(String(reason), channel.position ?? undefined);
    });
    let { since } = begin;
    channel.join(begin).receive("ok", () => {
      run.joined(
        channel.position ?? undefined,
        channel.recovered,
        typeof since === "object" && since !== null ? since : undefined,
      );
      since = undefined;
    });
  }

  /** One of its channels asks its node to say something. */
  speak(): void {
    const run = this.#random.pick(this.runs.filter(({ hasLeft }) => !hasLeft));
    const how = this.#random.pick(["publish", "broadcast", "from"]);
    this.#joined
      .get(run)
      ?.push("say", { how })
      .then(undefined, () => {});
  }

  /** Leaves a topic, and comes back to it as another run. */
  turn(): void {
    const run = this.#random.pick(this.runs.filter(({ hasLeft }) => !hasLeft));
    const { position: since, topic } = run;
    run.left();
    this.#joined.get(run)?.leave();
    this.#joined.delete(run);
    const begins: JoinFrom[] = [{}, { rewind: 10 }, { since: "earliest" }];
    this.enter(topic, since === undefined || this.#random.chance(0.3) ? this.#random.pick(begins) : { since });
  }

  end(): void {
    this.#socket.disconnect();
  }
}
