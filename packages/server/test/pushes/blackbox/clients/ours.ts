/** Our own client: pushes with `retry` on two topics. */
import { PushError, Socket } from "@wingbeat/client";
import type { Channel } from "@wingbeat/client";
import { WebSocket } from "ws";
import type { Random } from "../../../attack/random.ts";
import type { Recorder } from "../../../recovery/history.ts";
import { EAGER } from "../../../recovery/clients/eager.ts";
import { EVENT, HOW, TOPICS } from "../settings.ts";
import type { Wish } from "../settings.ts";
import type { Happened, Policy, Settled } from "../story.ts";

/** Pushes of a line that wait at a time, sent or not. */
const MOST_OPEN = 24;

export class OurLines {
  open = 0;
  readonly #recorder: Recorder<Happened>;
  readonly #random: Random;
  readonly #pushes: number;
  #made = 0;

  constructor(name: string, url: string, pushes: number, recorder: Recorder<Happened>, random: Random) {
    this.#recorder = recorder;
    this.#random = random;
    this.#pushes = pushes;
    const socket = new Socket(url, { ...EAGER, transport: WebSocket as never, params: { name } });
    socket.connect();
    for (const topic of TOPICS) {
      const channel = socket.channel(topic, {});
      channel.join();
      const line = { channel, name: `${name}/${topic}`, policy: topic.split(":")[0] as Policy, made: 0 };
      for (let count = 0; count < MOST_OPEN; count++) this.#pushOn(line);
    }
  }

  get isMade(): boolean {
    return this.#made === TOPICS.length * this.#pushes;
  }

  get isSettled(): boolean {
    return this.isMade && this.open === 0;
  }

  #pushOn(line: { readonly channel: Channel; readonly name: string; readonly policy: Policy; made: number }): void {
    if (line.made === this.#pushes) return;
    const index = ++line.made;
    const id = `${line.name}/${index}`;
    this.#made++;
    this.open++;
    this.#recorder.write({ op: "call", id, line: line.name, index, policy: line.policy });
    const wish: Wish = { id, how: this.#random.weighted(HOW) };
    line.channel
      .push(EVENT, wish, { retry: true })
      .then((reply) => ended("reply", reply), failed)
      .then(({ how, ...more }) => {
        this.#recorder.write({ op: "settled", id, how, ...more });
        this.open--;
        this.#pushOn(line);
      });
  }
}

type End = Omit<Settled, "op" | "id">;

const ended = (how: Settled["how"], reply: unknown): End => ({ how, reply });

function failed(error: unknown): End {
  if (!(error instanceof PushError)) return { how: "failed", why: String(error) };
  const { reason, response } = error;
  switch (reason) {
    case "refused":
      return ended("reply", response);
    case "crashed":
      return ended("reply", { reason: "channel_crash" });
    case "expired":
      return { how: "expired" };
    case "unknown":
      return { how: response === undefined ? "given up" : "unknown" };
    default:
      return { how: "failed", why: error.message };
  }
}
