/** A node: channels with a history, somebody who publishes, and what the campaign asks it to do. */
import { setTimeout as sleep } from "node:timers/promises";
import { createEndpoint, defineSocket, ok } from "../../../src/index.ts";
import type { AdapterStatus, Endpoint } from "../../../src/index.ts";
import { Random } from "../../attack/random.ts";
import { Recorder } from "../history.ts";
import type { Position } from "../history.ts";
import { channels } from "./channels.ts";
import { engineOptions } from "./engine-options.ts";
import { Publisher } from "./publisher.ts";
import { saidIn } from "./said.ts";
import { SECRET } from "./settings.ts";
import type { NodeSettings } from "./settings.ts";

/** What a node knows of itself. */
export interface Look {
  readonly node: string;
  readonly pid: number;
  readonly pubsub: AdapterStatus["state"];
}

export class Node {
  readonly #recorder: Recorder;
  readonly #publisher: Publisher;
  readonly #endpoint: Endpoint;

  private constructor(endpoint: Endpoint, recorder: Recorder, publisher: Publisher) {
    this.#endpoint = endpoint;
    this.#recorder = recorder;
    this.#publisher = publisher;
  }

  /** Publishes from now on. */
  static async start({ name, folder, port, engine, topics, pace }: NodeSettings): Promise<Node> {
    const proc = `${name}-${process.pid}`;
    const recorder = new Recorder(folder, proc);
    const publisher = new Publisher(recorder, new Random(process.pid), proc);
    const clients = new Set<string>();
    const endpoint: Endpoint = createEndpoint({
      sockets: {
        "/socket": {
          socket: defineSocket({ connect: () => ok(), channels: channels(publisher, clients) }),
          longpoll: { window: 2_000, pubsubTimeout: 1_000 },
        },
      },
      secretKeyBase: SECRET,
      drain: { deadline: 2_000 },
      logger: { level: "error" },
      ...(await engineOptions(engine, proc)),
    });
    await endpoint.listen(port, "127.0.0.1");
    void publisher.run(endpoint, topics, clients, pace);
    return new Node(endpoint, recorder, publisher);
  }

  /** Publishes nothing any more. Resolves when nothing is under way. */
  quiet(): Promise<void> {
    return this.#publisher.end();
  }

  /** Publishes one message. Gives its id and where it is. */
  async publish(topic: string): Promise<{ id: string; pos: Position }> {
    const said = this.#publisher.make();
    const pos = await this.#publisher.persist(this.#endpoint, topic, said);
    if (pos === undefined) throw new Error(`nothing can be published on ${topic}`);
    return { id: said.id, pos };
  }

  /** Writes down what the log of a topic has, as soon as the store can be reached. */
  async snapshot(topic: string): Promise<void> {
    const { epoch, entries } = await this.#read(topic);
    const ids = entries.map(({ offset, payload }) => [offset, saidIn(payload).id] as const);
    this.#recorder.write({ op: "log", topic, epoch, entries: ids });
  }

  async #read(topic: string) {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#endpoint.history(topic, {});
      } catch (error) {
        if (tries > 100) throw error;
        await sleep(100);
      }
    }
  }

  look(): Look[] {
    const { nodeName, status } = { nodeName: this.#endpoint.pubsub.nodeName, status: this.#endpoint.pubsub.status() };
    return [{ node: nodeName, pid: process.pid, pubsub: status.state }];
  }

  close(): Promise<void> {
    return this.#endpoint.close();
  }
}
