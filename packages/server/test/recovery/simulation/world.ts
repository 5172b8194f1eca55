/** What every simulated world has: time, chance, a store that fails over, and the truth about it. */
import { Random } from "../../attack/random.ts";
import { climateOf, DEEDS, isCalm } from "./climate.ts";
import type { Climate, Deed } from "./climate.ts";
import { actor, VirtualClock } from "./clock.ts";
import type { Actor } from "./clock.ts";
import { Engine } from "./engine.ts";
import type { EngineWorld, Logs } from "./engine.ts";
import { Ghost } from "./ghost.ts";
import type { Place } from "./ghost.ts";
import type { SimulatedPubSub } from "./pubsub.ts";
import type { StoreLine, StoreServer } from "./store-line.ts";
import type { Publish, Run, Story, Violation, Wire } from "./story.ts";

export const TOPICS = ["room:1", "room:2"] as const;
const NODES = 2;
/** Milliseconds in which everything comes to rest: some gaps are looked for only every 30 s. */
const REST = 60_000;

/** What a message says. */
export interface Payload {
  readonly id: string;
  readonly isHidden?: boolean;
  readonly padding?: string;
}

/** A node, as far as all worlds have it. */
export interface WorldNode {
  readonly number: number;
  /** How often it was started before. */
  readonly generation: number;
  readonly actor: Actor;
  readonly line: StoreLine;
  readonly pubsub: SimulatedPubSub;
  broadcast(topic: string, event: string): void;
  publish(topic: string, event: string): void;
  clear(topic: string): void;
  kill(): void;
}

/** How a run went, in numbers. */
export interface Figures {
  readonly seed: number;
  readonly deliveries: number;
  readonly told: number;
  readonly recovered: number;
  readonly failovers: number;
  readonly stored: number;
  readonly steps: number;
}

export interface Outcome {
  readonly story: Story;
  readonly figures: Figures;
  /** What ended in an error that nobody expects. */
  readonly crashes: readonly Violation[];
}

export abstract class World<Node extends WorldNode> implements EngineWorld {
  readonly seed: number;
  readonly random: Random;
  readonly network = actor("network");
  readonly clock = new VirtualClock(this.network);
  readonly ghost = new Ghost();
  climate: Climate;
  server: StoreServer;
  nodes: Node[] = [];
  readonly publishes = new Map<string, Publish>();
  readonly runs: Run[] = [];
  readonly wires: Wire[] = [];
  readonly #crashes: Violation[] = [];
  readonly #wasCalm: boolean;
  #replica: Logs | undefined = undefined;
  #names = 0;
  #failovers = 0;
  #isOver = false;

  constructor(seed: number) {
    this.seed = seed;
    this.random = new Random(seed * 7_919);
    this.climate = climateOf(this.random);
    this.#wasCalm = isCalm(this.climate);
    this.server = { engine: new Engine(this), actor: actor("store") };
    this.clock.onError = (error) => this.crashed(error);
  }

  async run(): Promise<Outcome> {
    const restore = this.clock.install(new Random(this.seed + 1));
    try {
      for (let n = 0; n < NODES; n++) this.nodes.push(this.node(n, 0));
      this.begin();
      this.clock.after(this.random.about(50), () => this.#act(), this.network);
      await this.clock.runUntil(this.climate.duration);
      this.#heal();
      await this.clock.runUntil(this.climate.duration + REST);
      this.end();
      return this.#outcome();
    } finally {
      this.#isOver = true;
      restore();
    }
  }

  protected abstract node(number: number, generation: number): Node;
  protected abstract begin(): void;
  /** Does something that a client does. */
  protected abstract actOfClient(deed: Deed): void;
  /** Clients have a good network from now on. */
  protected abstract healClients(): void;
  /** Looks at where everybody stands. */
  protected abstract end(): void;

  crashed(error: unknown): void {
    if (this.#isOver) return;
    this.#crashes.push({ rule: "crash", text: String((error as Error | undefined)?.stack ?? error) });
  }

  newName(): string {
    return `n${this.#names++}`;
  }

  now(): number {
    return this.clock.now;
  }

  date(): number {
    return Date.now();
  }

  /** Bodies are frames of V2. */
  idOf(body: string | Uint8Array): string {
    const text = typeof body === "string" ? body : new TextDecoder().decode(body);
    return (JSON.parse(text) as [unknown, unknown, string, string, Payload])[4].id;
  }

  /** The other nodes' PubSub. */
  readonly others = (node: Actor): readonly SimulatedPubSub[] =>
    this.nodes.filter((other) => other.actor !== node && !other.actor.isDead).map(({ pubsub }) => pubsub);

  /** Notes that somebody is about to send a message. */
  publish(
    sender: string,
    topic: string,
    event: string,
    more: Partial<Pick<Publish, "except" | "isRepeated">> = {},
  ): Publish {
    const number = this.publishes.size;
    const publish: Publish = {
      id: `m${number}`,
      topic,
      event,
      sender,
      number,
      at: this.clock.now,
      isRecorded: event !== "typing",
      except: undefined,
      isHidden: event === "vip" && this.random.chance(0.4),
      isRepeated: false,
      outcomes: [],
      waiting: 0,
      ...more,
    };
    this.publishes.set(publish.id, publish);
    return publish;
  }

  payloadOf({ id, isHidden }: Publish): Payload {
    const length = this.random.chance(0.1) ? 2_000 : this.random.int(100);
    return { id, ...(isHidden && { isHidden }), padding: "x".repeat(length) };
  }

  event(): string {
    return this.random.chance(0.4) ? "vip" : "msg";
  }

  topic(): string {
    return this.random.chance(0.85) ? TOPICS[0] : TOPICS[1];
  }

  #act(): void {
    this.#deed(this.random.weighted(this.climate.deeds));
    this.clock.after(this.random.about(this.climate.pace), () => this.#act(), this.network);
  }

  #deed(deed: Deed): void {
    const { random } = this;
    const node = random.pick(this.nodes);
    const onNode = (run: () => void): void => void this.clock.after(0, run, node.actor);
    switch (deed) {
      case "broadcast":
        return onNode(() => node.broadcast(this.topic(), this.event()));
      case "typing":
        return onNode(() => node.broadcast(this.topic(), "typing"));
      case "publish":
        return onNode(() => node.publish(this.topic(), this.event()));
      case "burst":
        return onNode(() => {
          for (let left = random.int(40); left > 0; left--) node.broadcast(TOPICS[0], this.event());
        });
      case "killNode":
        return this.#kill(node);
      case "stallNode":
        node.actor.stalledUntil = this.clock.now + random.pick([300, 2_000, 8_000]);
        return;
      case "cutStore":
        return node.line.cut(random.about(random.chance(0.2) ? 7_000 : 800));
      case "clear":
        return onNode(() => node.clear(this.topic()));
      default:
        if (!this.#actOfStore(deed)) this.actOfClient(deed);
    }
  }

  #actOfStore(deed: Deed): boolean {
    const { random, server } = this;
    if (deed === "sync") this.#replica = server.engine.copy();
    else if (deed === "stallStore") server.actor.stalledUntil = this.clock.now + random.pick([300, 2_000, 9_000]);
    else if (deed === "restart") this.#replace(server.engine.copy());
    else if (deed === "failover") this.#failover();
    else if (deed === "flush") {
      server.engine.flush();
      this.#replica = undefined;
    } else return false;
    return true;
  }

  #failover(): void {
    if (this.#replica === undefined) return;
    this.#replace(this.#replica);
    // Another failover may go to a replica that is older still.
    if (this.random.chance(0.5)) this.#replica = this.server.engine.copy();
  }

  /** Another server has the logs. Nodes learn it one by one; until then they may go on with the old one, if it lives. */
  #replace(logs: Logs): void {
    this.#failovers++;
    if (this.random.chance(0.6)) this.server.actor.isDead = true;
    this.server = { engine: new Engine(this, logs), actor: actor(`store${this.#failovers}`) };
    for (const { line } of this.nodes) {
      this.clock.after(this.random.about(300), () => line.cut(this.random.about(100)), this.network);
    }
  }

  #kill(node: Node): void {
    if (node.actor.isDead) return;
    node.kill();
    const { number, generation } = node;
    const restart = (): void => {
      if (this.nodes[number]?.actor.isDead === true) this.nodes[number] = this.node(number, generation + 1);
    };
    this.clock.after(this.random.between(100, 3_000), restart, this.network);
  }

  /** Nothing goes wrong any more, and nobody does anything. */
  #heal(): void {
    this.climate = {
      ...this.climate,
      storeFails: 0,
      storeRefuses: 0,
      answerLost: 0,
      isLate: 0,
      entryLost: 0,
      entryDoubled: 0,
      entryReordered: 0,
      storeDelay: 2,
      fanOutDelay: 2,
      clientDelay: 2,
      deeds: { ...(Object.fromEntries(DEEDS.map((deed) => [deed, 0])) as Record<Deed, number>), wait: 1 },
      pace: 1e9,
    };
    this.server.actor.stalledUntil = 0;
    this.nodes = this.nodes.map((node) => (node.actor.isDead ? this.node(node.number, node.generation + 1) : node));
    for (const { line } of this.nodes) line.reconnect();
    this.healClients();
  }

  #outcome(): Outcome {
    const { ghost, publishes, runs, wires } = this;
    const end = new Map<string, Place>();
    for (const topic of TOPICS) {
      const place = this.server.engine.placeOf(topic);
      if (place !== undefined) end.set(topic, place);
    }
    const { replayLimit } = this.climate;
    const story: Story = { ghost, publishes, runs, wires, end, replayLimit, hadFaults: !this.#wasCalm };
    const steps = runs.flatMap((run) => run.steps);
    const told = steps.flatMap((step) => (step.is === "told" ? [step.recovered] : []));
    const figures: Figures = {
      seed: this.seed,
      deliveries: steps.filter(({ is }) => is === "message").length,
      told: told.filter((isRecovered) => !isRecovered).length,
      recovered: told.filter(Boolean).length,
      failovers: this.#failovers,
      stored: ghost.all.length,
      steps: this.clock.steps,
    };
    return { story, figures, crashes: this.#crashes };
  }
}
