/**
 * Two nodes without clients: followers, publishers and front door of the history alone, with subscribers that stay for a
 * while. Many seeds in little time.
 */
import { v2Server } from "@wingbeat/protocol";
import { History } from "../../../src/pubsub/history.ts";
import type { HistoryPubSub, Move, Recordable, TopicRule } from "../../../src/pubsub/history.ts";
import type { Position } from "../../../src/pubsub.ts";
import { actor } from "./clock.ts";
import type { Actor } from "./clock.ts";
import type { Deed } from "./climate.ts";
import { SimulatedPubSub } from "./pubsub.ts";
import { StoreLine } from "./store-line.ts";
import type { Publish, Run } from "./story.ts";
import { TOPICS, World } from "./world.ts";
import type { WorldNode } from "./world.ts";

/** A subscriber that is always live. */
class Listener {
  readonly run: Run;
  readonly #now: () => number;
  position: Position | undefined = undefined;

  constructor(run: Run, now: () => number) {
    this.run = run;
    this.#now = now;
  }

  joined(position: Position): void {
    this.position = position;
    this.run.isJoined = true;
    this.run.steps.push({ is: "joined", at: this.#now(), position });
  }

  receive({ event, topic, recorded }: Recordable, id: string): void {
    const position = recorded?.position;
    this.position = position;
    if (recorded?.from === this.run.session) return;
    this.run.steps.push({ is: "message", at: this.#now(), topic, event, id, position });
  }

  moved({ reason, holdsUpTo, from, position, isNewEpoch }: Move): void {
    if (reason === undefined) return this.joined(position);
    const before = this.position ?? null;
    const holds = from <= holdsUpTo || (!isNewEpoch && from >= position.offset);
    this.position = holds ? { ...position, offset: from } : position;
    if (holds) return;
    this.run.steps.push({ is: "told", at: this.#now(), recovered: false, reason, count: 0, before, position });
  }
}

class ListenerNode implements WorldNode {
  readonly actor: Actor;
  readonly line: StoreLine;
  readonly pubsub: SimulatedPubSub;
  readonly #world: ListenerWorld;
  readonly #history: History;
  readonly #listeners = new Set<Listener>();
  readonly #waiting: Publish[] = [];

  readonly number: number;
  readonly generation: number;

  constructor(world: ListenerWorld, number: number, generation: number) {
    this.#world = world;
    this.number = number;
    this.generation = generation;
    this.actor = actor(`node${number}.${generation}`);
    this.line = new StoreLine(world, this.actor);
    this.pubsub = new SimulatedPubSub(world, this.actor);
    this.pubsub.onLost = () => this.line.missed();
    const { size, ttl, replayLimit } = world.climate;
    const limits = { maxBytes: 1e6, maxEntryBytes: 1e5 };
    const rule: TopicRule = { size, ttl, replayLimit, ...limits, records: (event) => event !== "typing" };
    const idOf = (body: Recordable["body"]): string => world.idOf(body);
    this.#history = new History(
      {
        store: this.line,
        ruleOf: () => rule,
        revive: ({ topic, event, body }) => ({ topic, event, body, recorded: undefined }),
      },
      this.#pubsub(idOf),
    );
    world.clock.after(0, () => void this.#start(), this.actor);
  }

  broadcast(topic: string, event: string): void {
    if (event === "typing") return;
    const publish = this.#world.publish(this.actor.name, topic, event);
    this.#send(publish, {});
  }

  publish(topic: string, event: string): void {
    const isRepeated = this.#world.random.chance(0.5);
    const publish = this.#world.publish(this.actor.name, topic, event, { isRepeated });
    this.#publishNow(publish, 3);
  }

  /** What one of the listeners sends to all others. */
  say(topic: string, event: string): void {
    const listener = [...this.#listeners].find(({ run }) => run.topic === topic);
    if (listener === undefined) return;
    const { session } = listener.run;
    const publish = this.#world.publish(this.actor.name, topic, event, { except: session });
    this.#send(publish, { owner: listener, from: session });
  }

  clear(topic: string): void {
    this.#history.clear(topic).catch(() => {});
  }

  kill(): void {
    this.actor.isDead = true;
    this.line.stop();
    for (const publish of this.#waiting) publish.waiting--;
    for (const listener of this.#listeners) listener.run.isKept = false;
  }

  listen(topic: string): void {
    const name = `${this.actor.name} ${topic} #${this.#world.runs.length}`;
    const run: Run = {
      name,
      topic,
      session: name,
      isAware: true,
      isFiltered: false,
      since: undefined,
      steps: [],
      isKept: true,
      isJoined: false,
    };
    this.#world.runs.push(run);
    const listener = new Listener(run, () => this.#world.clock.now);
    const isFirst = this.#count(topic) === 0;
    this.#listeners.add(listener);
    if (isFirst) this.#history.opened(topic);
    const position = this.#history.followerOf(topic)?.position;
    if (position !== undefined) listener.joined(position);
  }

  leave(): void {
    const listener = this.#world.random.pick([...this.#listeners]);
    if (listener === undefined) return;
    listener.run.isKept = false;
    this.#listeners.delete(listener);
    if (this.#count(listener.run.topic) === 0) this.#history.closed(listener.run.topic);
  }

  async #start(): Promise<void> {
    await this.#history.start();
    for (const topic of TOPICS) this.listen(topic);
  }

  #pubsub(idOf: (body: Recordable["body"]) => string): HistoryPubSub {
    this.pubsub.start(({ message }) => this.#history.arrive(message as never));
    const on = (topic: string): Listener[] => [...this.#listeners].filter(({ run }) => run.topic === topic);
    return {
      deliver: (from, message) => {
        for (const listener of on(message.topic)) {
          if (listener !== from) listener.receive(message, idOf(message.body));
        }
      },
      moved: (move) => {
        for (const listener of on(move.topic)) listener.moved(move);
      },
      sendToOthers: (entry) => this.pubsub.broadcast({ topic: entry.topic, message: entry, dispatcher: "history" }),
      count: (topic) => this.#count(topic),
    };
  }

  #count(topic: string): number {
    return [...this.#listeners].filter(({ run }) => run.topic === topic).length;
  }

  #messageOf(publish: Publish): Recordable {
    const { topic, event } = publish;
    const body = v2Server.encodeBroadcast(topic, event, this.#world.payloadOf(publish));
    return { topic, event, body, recorded: undefined };
  }

  #ruleOf({ topic, event }: Publish): TopicRule {
    return this.#history.ruleFor(topic, event) as TopicRule;
  }

  #send(publish: Publish, sender: { owner?: unknown; from?: string }): void {
    try {
      this.#history.publish(this.#ruleOf(publish), this.#messageOf(publish), sender);
    } catch (error) {
      publish.outcomes.push((error as { reason: "refused" }).reason);
    }
  }

  #publishNow(publish: Publish, tries: number): void {
    const sender = publish.isRepeated ? { id: publish.id } : {};
    const told = (outcome: Publish["outcomes"][number]): void => {
      publish.waiting--;
      this.#waiting.splice(this.#waiting.indexOf(publish), 1);
      publish.outcomes.push(outcome);
      if (outcome === "unknown" && publish.isRepeated && tries > 0) this.#publishNow(publish, tries - 1);
    };
    publish.waiting++;
    this.#waiting.push(publish);
    this.#history
      .publishNow(this.#ruleOf(publish), this.#messageOf(publish), sender)
      .then(told, (error: { reason: "unknown" }) => told(error.reason));
  }
}

export class ListenerWorld extends World<ListenerNode> {
  protected override node(number: number, generation: number): ListenerNode {
    return new ListenerNode(this, number, generation);
  }

  protected override begin(): void {}

  protected override actOfClient(deed: Deed): void {
    const node = this.random.pick(this.nodes);
    const onNode = (run: () => void): void => void this.clock.after(0, run, node.actor);
    if (deed === "say") onNode(() => node.say(this.topic(), this.event()));
    else if (deed === "cut") onNode(() => node.leave());
    else if (deed === "reload" || deed === "rejoin") onNode(() => node.listen(this.topic()));
  }

  protected override healClients(): void {
    for (const node of this.nodes) this.clock.after(0, () => node.listen(TOPICS[0]), node.actor);
  }

  protected override end(): void {}
}
