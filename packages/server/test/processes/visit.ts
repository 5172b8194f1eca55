/** A client of some node: an official one, which shows who is there, and a strict reader of what it is sent. */
import { Presence } from "phoenix";
import type { Channel, Socket } from "phoenix";
import { answered, current, joined } from "../integration/phoenix-clients.ts";
import { refsOf } from "./app.ts";
import type { Flood, Insight, Said, State } from "./app.ts";

interface Diff {
  readonly joins: State;
  readonly leaves: State;
}

/** A connection to a node. It ends with the test. */
export class Visit {
  readonly socket: Socket;
  readonly nodeName: string;
  readonly pid: number;
  readonly #node: Channel;

  private constructor(node: Channel, socket: Socket, nodeName: string, pid: number) {
    this.#node = node;
    this.socket = socket;
    this.nodeName = nodeName;
    this.pid = pid;
  }

  static async to(port: number): Promise<Visit> {
    const socket = current.socket(`ws://127.0.0.1:${port}/socket`);
    const node = socket.channel("node");
    const { name, pid } = (await joined(node)).response as { name: string; pid: number };
    return new Visit(node, socket, name, pid);
  }

  /** What the node knows, also of a room. */
  async look(topic: string): Promise<Insight> {
    return (await answered(this.#node.push("look", { topic }))).response as Insight;
  }

  /** Joins a room. */
  async enter(topic: string, user: string): Promise<Guest> {
    const guest = new Guest(this, this.socket.channel(topic, { user }), user);
    await guest.enter();
    return guest;
  }

  end(): void {
    this.socket.disconnect();
  }
}

/** Somebody in a room. */
export class Guest {
  readonly visit: Visit;
  readonly user: string;
  readonly topic: string;
  readonly #channel: Channel;
  readonly #presence: Presence;
  /** When the join was answered: `performance.now()`. */
  joinedAt = 0;
  /** What this client was told that cannot be: joins of those who are there, leaves of those who are not. */
  readonly faults: string[] = [];
  /** User and ref of all who came and went, in the order in which it was told. */
  joins: string[] = [];
  leaves: string[] = [];
  /** What others, and this one, have said. */
  readonly heard: Said[] = [];
  /** Who is here, for one who takes each diff at its word. */
  #refs: Set<string> | undefined = undefined;
  readonly #watches = new Set<() => void>();

  constructor(visit: Visit, channel: Channel, user: string) {
    this.visit = visit;
    this.user = user;
    this.topic = channel.topic;
    this.#channel = channel;
    this.#presence = new Presence(channel);
    channel.on("presence_state", (state: State) => void (this.#refs = new Set(refsOf(state))));
    channel.on("presence_diff", (diff: Diff) => this.#follow(diff));
    channel.on("said", ({ from, n }: Said) => void this.heard.push({ from, n }));
    for (const event of ["presence_state", "presence_diff", "said"]) {
      channel.on(event, () => this.#watches.forEach((watch) => watch()));
    }
  }

  async enter(): Promise<void> {
    const { status } = await joined(this.#channel);
    this.joinedAt = performance.now();
    if (status !== "ok") throw new Error(`${this.user} cannot join: ${status}`);
    await this.until(() => this.#refs !== undefined);
  }

  /** Who is here, by the official client. Sorted. */
  get refs(): string[] {
    const items = this.#presence.list((user: string, item: State[string]): [string, State[string]] => [user, item]);
    return refsOf(Object.fromEntries(items)).sort();
  }

  /** The same, by the diffs. */
  get followed(): string[] {
    return [...(this.#refs ?? [])].sort();
  }

  get users(): string[] {
    return [...new Set(this.refs.map((ref) => ref.split(" ")[0] as string))];
  }

  /** Forgets what has been told so far. */
  forget(): void {
    this.joins = [];
    this.leaves = [];
  }

  /** Broadcasts. Gives how many this one has said by now. */
  async say({ count, size }: Flood): Promise<number> {
    const answer = await answered(this.#channel.push("say", { from: this.user, count, size }));
    return (answer.response as { said: number }).said;
  }

  async update(): Promise<void> {
    await answered(this.#channel.push("update", { user: this.user }));
  }

  async leave(): Promise<void> {
    await answered(this.#channel.leave());
  }

  /** Resolves when something is so: now, or when this client has been told more. Gives the time, as `performance.now()`. */
  until(isSo: () => boolean): Promise<number> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!isSo()) return;
        this.#watches.delete(watch);
        resolve(performance.now());
      };
      this.#watches.add(watch);
      watch();
    });
  }

  #follow({ joins, leaves }: Diff): void {
    const refs = this.#refs;
    // What comes before the state is in it.
    if (refs === undefined) return;
    const [came, gone] = [refsOf(joins), refsOf(leaves)];
    for (const ref of gone) if (!refs.delete(ref)) this.faults.push(`${ref} left, and was not there`);
    for (const ref of came) {
      if (refs.has(ref)) this.faults.push(`${ref} joined, and was there`);
      refs.add(ref);
    }
    this.joins.push(...came);
    this.leaves.push(...gone);
  }
}
