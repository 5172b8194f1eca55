/** A node's connection to the store, with all that can go wrong on it. */
import type {
  Appended,
  Batch,
  HistoryRule,
  HistoryStore,
  Range,
  Slice,
  Stored,
  StoreEvents,
  StoreStatus,
} from "../../../src/pubsub/history/store.ts";
import type { Head } from "../../../src/pubsub/history/position.ts";
import { NotStored } from "../../../src/pubsub/history/store.ts";
import type { Random } from "../../attack/random.ts";
import type { Climate } from "./climate.ts";
import type { Actor, VirtualClock } from "./clock.ts";
import type { Engine } from "./engine.ts";

/** Milliseconds after which a call is given up. */
const TIMEOUT = 3_000;

export interface StoreServer {
  readonly engine: Engine;
  readonly actor: Actor;
}

export interface LineWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** The network: what is under way arrives although its sender is gone. */
  readonly network: Actor;
  /** What goes wrong; nothing does in the end. */
  climate: Climate;
  /** Who answers whoever connects now. */
  readonly server: StoreServer;
}

interface Call {
  fail(error: Error): void;
}

export class StoreLine implements HistoryStore {
  readonly fansOut: boolean;
  readonly #world: LineWorld;
  readonly #node: Actor;
  #server: StoreServer;
  #events: StoreEvents | undefined = undefined;
  #isUp = false;
  #since = 0;
  /** Counts its connections: what an old one brings is for nobody. */
  #connection = 0;
  readonly #calls = new Set<Call>();
  #stopListening = (): void => {};
  /** When the last entry arrives that is under way. */
  #lastEntryAt = 0;

  constructor(world: LineWorld, node: Actor) {
    this.#world = world;
    this.#node = node;
    this.#server = world.server;
    this.fansOut = world.climate.fansOut;
  }

  start(events: StoreEvents): void {
    this.#events = events;
    this.#connect();
  }

  append(batch: Batch): Promise<Appended | "unknown"> {
    // As over a network: nobody else holds these objects.
    const copy = {
      ...batch,
      entries: batch.entries.map(({ event, body, from, seq, id }) => ({ event, body, from, seq, id })),
    };
    const { climate, random } = this.#world;
    const isRefused = random.chance(climate.storeRefuses) || (!this.#isUp && random.chance(0.5));
    if (isRefused) return this.#refuse();
    return this.#call((engine, isLate) => engine.append(copy, isLate), true);
  }

  read(topic: string, rule: HistoryRule, range: Range): Promise<Slice> {
    return this.#call((engine) => engine.read(topic, rule, range), false);
  }

  heads(topics: readonly string[]): Promise<readonly (Head | undefined)[]> {
    return this.#call((engine) => engine.heads(topics), false);
  }

  async clear(topic: string): Promise<void> {
    await this.#call((engine) => engine.clear(topic), false);
  }

  status(): StoreStatus {
    return { store: "simulated", state: this.#isUp ? "up" : "down", since: this.#since };
  }

  stop(): void {
    this.#stopListening();
  }

  /** The connection breaks, for so long. What is under way may still arrive at the store; no answer comes. */
  cut(ms: number): void {
    const { clock } = this.#world;
    this.#stopListening();
    this.#connection++;
    for (const call of [...this.#calls]) call.fail(new Error("the connection was lost"));
    if (this.#isUp) {
      this.#isUp = false;
      this.#since = Date.now();
      this.#events?.down("cut");
    }
    const connection = this.#connection;
    clock.after(ms, () => connection === this.#connection && this.#connect(), this.#node);
  }

  /** Something did not arrive. The store finds out by counting what comes, within ten seconds. */
  missed(): void {
    const { clock, random } = this.#world;
    clock.after(random.between(0, 10_000), () => this.#isUp && this.#events?.maybeMissed(), this.#node);
  }

  /** Connects to the present server, if it has not yet. */
  reconnect(): void {
    if (this.#server !== this.#world.server) this.cut(0);
  }

  #connect(): void {
    const { clock, random, climate, server } = this.#world;
    this.#server = server;
    const isFirst = this.#connection === 0;
    const connection = ++this.#connection;
    clock.after(
      random.about(climate.storeDelay),
      () => {
        if (connection !== this.#connection) return;
        this.#listen(connection);
        this.#isUp = true;
        this.#since = Date.now();
        this.#events?.up();
        if (!isFirst) this.#events?.maybeMissed();
      },
      this.#node,
    );
  }

  #listen(connection: number): void {
    if (!this.fansOut) return;
    const { listeners } = this.#server.engine;
    const listener = (entry: Stored): void => {
      const { random, climate } = this.#world;
      if (random.chance(climate.entryLost)) this.missed();
      else this.#bring(entry, connection);
      if (random.chance(climate.entryDoubled)) this.#bring(entry, connection);
    };
    listeners.add(listener);
    this.#stopListening = () => listeners.delete(listener);
  }

  #bring(entry: Stored, connection: number): void {
    const { clock, random, climate } = this.#world;
    const at = clock.now + random.about(climate.fanOutDelay);
    const inOrder = Math.max(at, this.#lastEntryAt);
    const arrives = random.chance(climate.entryReordered) ? at : inOrder;
    this.#lastEntryAt = Math.max(arrives, this.#lastEntryAt);
    const deliver = (): void => {
      if (connection === this.#connection) this.#events?.entry(entry);
    };
    clock.at(arrives, deliver, this.#node);
  }

  #refuse(): Promise<never> {
    const { clock, random, climate } = this.#world;
    return new Promise((_resolve, reject) => {
      clock.after(random.about(climate.storeDelay), () => reject(new NotStored("the store is full")), this.#node);
    });
  }

  #call<T>(execute: (engine: Engine, isLate: boolean) => T, mayBeLate: boolean): Promise<T> {
    const { clock, random, network, climate } = this.#world;
    const server = this.#server;
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        timer.isCancelled = true;
        this.#calls.delete(call);
      };
      const call: Call = { fail: (error) => (end(), reject(error)) };
      const timer = clock.after(TIMEOUT, () => call.fail(new Error("no answer")), this.#node);
      this.#calls.add(call);
      if (!this.#isUp) return void clock.after(1, () => call.fail(new Error("not connected")), this.#node);
      if (random.chance(climate.storeFails)) return; // it is lost on the way there
      const isLost = random.chance(climate.answerLost);
      const isLate = mayBeLate && random.chance(climate.isLate);
      const connection = this.#connection;
      const arrive = (): void => {
        // What is under way on a connection that is gone arrives, or does not.
        if (connection !== this.#connection && !isLate) return;
        const answer = execute(server.engine, isLate || !this.#calls.has(call));
        if (!isLost)
          clock.after(
            random.about(climate.storeDelay),
            () => this.#calls.has(call) && (end(), resolve(answer)),
            this.#node,
          );
      };
      const onServer = (): void => void clock.after(0, arrive, server.actor);
      clock.after(isLate ? random.between(0, 6_000) : random.about(climate.storeDelay), onServer, network);
    });
  }
}
