/** A simulated server: a real endpoint, connected to the simulated store, PubSub and clients. */
import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "../../../src/index.ts";
import type { Endpoint } from "../../../src/index.ts";
import { Refusal } from "../../../src/transports.ts";
import type { TransportDefinition, TransportMount } from "../../../src/transports.ts";
import { actor } from "./clock.ts";
import type { Actor } from "./clock.ts";
import { SimulatedPubSub } from "./pubsub.ts";
import { StoreLine } from "./store-line.ts";
import type { Publish } from "./story.ts";
import type { Line } from "./wire.ts";
import type { Payload, World, WorldNode } from "./world.ts";

/** What a client asks a channel to do. */
export interface Say {
  readonly how: "broadcast" | "others" | "publish";
  readonly event: string;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** The world around a node. */
export interface NodeWorld extends World<WorldNode> {
  /** The users that no node lets in. */
  readonly banned: ReadonlySet<string>;
}

export class Node implements WorldNode {
  readonly number: number;
  readonly generation: number;
  readonly actor: Actor;
  readonly line: StoreLine;
  readonly pubsub: SimulatedPubSub;
  readonly #world: NodeWorld;
  readonly #lines = new Set<Line>();
  /** Whose senders wait for an answer. */
  readonly #waiting: Publish[] = [];
  #endpoint: Endpoint | undefined = undefined;
  #mount: TransportMount | undefined = undefined;

  constructor(world: NodeWorld, number: number, generation: number) {
    this.#world = world;
    this.number = number;
    this.generation = generation;
    this.actor = actor(`node${number}.${generation}`);
    this.line = new StoreLine(world, this.actor);
    this.pubsub = new SimulatedPubSub(world, this.actor);
    this.pubsub.onLost = () => this.line.missed();
    world.clock.after(0, () => this.#start(), this.actor);
  }

  /** Lets a client in, or refuses it. */
  async connect(line: Line, url: string): Promise<void> {
    this.#lines.add(line);
    const visit = {
      method: "GET",
      url,
      headers: { host: "localhost" },
      peer: { address: "127.0.0.1", port: 50_000, encrypted: false },
      native: undefined,
      onGone: () => () => {},
    };
    if (this.#mount === undefined) return line.cut(0, 0);
    const admitted = await this.#mount.admit(visit, {});
    if (admitted instanceof Refusal) line.cut(0, 0);
    else line.start(this.#mount.open(admitted, line));
  }

  broadcast(topic: string, event: string): void {
    const publish = this.#world.publish(this.actor.name, topic, event);
    try {
      this.#endpoint?.broadcastUnchecked(topic, event, this.#world.payloadOf(publish));
    } catch (error) {
      publish.outcomes.push(reasonOf(error));
    }
  }

  /** Publishes. What is unknown is sent again, with its key. */
  publish(topic: string, event: string): void {
    const isRepeated = this.#world.random.chance(0.5);
    const publish = this.#world.publish(this.actor.name, topic, event, { isRepeated });
    const payload = this.#world.payloadOf(publish);
    const send = (tries: number): void => {
      const endpoint = this.#endpoint;
      if (endpoint === undefined) return;
      const sent = endpoint.publishUnchecked(topic, event, payload, isRepeated ? { id: publish.id } : {});
      this.#await(publish, sent, () => {
        if (isRepeated && tries > 0) send(tries - 1);
      });
    };
    send(3);
  }

  clear(topic: string): void {
    this.#endpoint?.clearHistory(topic).catch(() => {});
  }

  /** It ends, with everything that it was about to do. */
  kill(): void {
    this.actor.isDead = true;
    for (const publish of this.#waiting) publish.waiting--;
    this.line.stop();
    for (const line of this.#lines) line.cut(this.#world.random.about(100), 0);
  }

  /** Notes what the sender is told. */
  #await(
    publish: Publish,
    sent: Promise<Publish["outcomes"][number]>,
    onUnknown: () => void = () => {},
  ): Promise<void> {
    publish.waiting++;
    this.#waiting.push(publish);
    const told = (outcome: Publish["outcomes"][number]): void => {
      publish.waiting--;
      this.#waiting.splice(this.#waiting.indexOf(publish), 1);
      publish.outcomes.push(outcome);
      if (outcome === "unknown") onUnknown();
    };
    return sent.then(told, (error) => told(reasonOf(error)));
  }

  #start(): void {
    this.#endpoint = createEndpoint({
      sockets: { "/socket": { socket: this.#socket(), websocket: false, transports: [this.#transport()] } },
      pubsub: this.pubsub,
      history: this.line,
      logger: false,
    });
    this.#endpoint.attach(new EventEmitter() as Server);
  }

  #transport(): TransportDefinition {
    return {
      name: "simulated",
      path: "/websocket",
      start: (mount) => {
        this.#mount = mount;
        return { stop: async () => {} };
      },
    };
  }

  #socket() {
    const world = this.#world;
    const { size, ttl, replayLimit, isFiltered } = world.climate;
    const plain = defineChannel("room:{id}")
      .assigns<{ user: string; session: string }>()
      .history({ size, ttl, replayLimit, events: ["msg", "vip"] })
      .join(async (ctx) => {
        if (world.random.chance(0.3)) await sleep(world.random.about(50));
        return world.banned.has(ctx.assigns.user) ? refuse({ reason: "banned" }) : ok();
      })
      .handleIn("say", async (ctx, payload) => {
        const { how, event } = payload as Say;
        const except = how === "others" ? ctx.assigns.session : undefined;
        const publish = world.publish(this.actor.name, ctx.topic, event, { except });
        const body = world.payloadOf(publish);
        try {
          if (how === "broadcast") ctx.broadcast(event, body);
          else if (how === "others") ctx.broadcastFrom(event, body);
          else await this.#await(publish, ctx.publish(event, body));
        } catch (error) {
          publish.outcomes.push(reasonOf(error));
        }
        return ok({ id: publish.id });
      });
    const filtered = plain.handleOut("vip", async (ctx, payload) => {
      const { isHidden } = payload as Payload;
      if (world.random.chance(0.5)) await sleep(world.random.about(30));
      if (isHidden !== true) ctx.push("vip", payload as object);
    });
    return defineSocket({
      connect: (params) => ok({ user: String(params["user"]), session: String(params["session"]) }),
      channels: [isFiltered ? filtered : plain],
    });
  }
}

function reasonOf(error: unknown): "refused" | "too_large" | "unknown" {
  const { reason } = error as { readonly reason?: unknown };
  if (reason === "refused" || reason === "too_large" || reason === "unknown") return reason;
  throw error;
}
