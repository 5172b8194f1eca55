/**
 * The history of topics in Redis or Valkey: each log is a hash and a list (`history/scripts.ts`), appended to and sent to
 * all nodes by one script.
 *
 * Keys are `<namespace>:h:{<number>}:m:<topic>` and `…:l:<topic>`, the channel of all topics with this number is
 * `<namespace>:h:{<number>}`: they are in one slot of Redis Cluster. Without `shards` there is one number.
 */
import { randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { WingbeatError } from "../../../errors.ts";
import { checkCount, checkKeys } from "../../../options.ts";
import { Counts, TELL_EVERY } from "../../history/counts.ts";
import { EntryCodec } from "../../history/entry.ts";
import type { Head } from "../../history/position.ts";
import { NotStored } from "../../history/store.ts";
import type {
  Appended,
  Batch,
  HistoryRule,
  HistoryStore,
  Range,
  Slice,
  StoreEvents,
  StoreStatus,
} from "../../history/store.ts";
import { namespaceOf } from "../../remote/engine-adapter.ts";
import { Losses } from "../../remote/losses.ts";
import { signingKeys } from "../../remote/signing.ts";
import { topicHash } from "../../topic-hash.ts";
import type { RedisClient, Script } from "./driver.ts";
import { DidNotRun, HistoryLink } from "./history/link.ts";
import {
  CLEARED,
  ENTRIES,
  LEFT,
  NOTHING,
  readEntries,
  readMessage,
  readTopic,
  TOLD,
  topicPart,
  writeMessage,
} from "./history/message.ts";
import type { Message } from "./history/message.ts";
import { appendedOf, headsOf, sliceOf } from "./history/replies.ts";
import { SCRIPTS } from "./history/scripts.ts";
import type { Streams } from "./history/session.ts";
import { RedisPushes } from "./pushes.ts";

export interface RedisHistoryOptions {
  /**
   * Creates a client. Called twice each time the store connects; the store closes the clients. A cluster client of ioredis
   * needs `shardedSubscribers: true` for `shards`.
   */
  readonly connect: () => RedisClient;
  /** Only nodes of the same namespace share logs: letters, digits, `_`, `-`. Default `wingbeat`. */
  readonly namespace?: string;
  /**
   * Redis 7 and later: over how many slots of Redis Cluster the topics are spread, with a sharded channel for each. Must be
   * the same on all nodes; another number begins new logs. Default: one slot, and a plain channel.
   */
  readonly shards?: number;
  /** Signs entries, as `secret` of the adapter does with messages. Default: nothing is signed. */
  readonly secret?: string | readonly string[];
}

/** History in Redis, for an endpoint whose adapter is another one or none. Throws `WB_OPTION`. */
export function redisHistory(options: RedisHistoryOptions): HistoryStore {
  checkKeys("redisHistory", options, ["connect", "namespace", "shards", "secret"]);
  return redisHistoryOf("redisHistory", options, "redisHistory");
}

/** The same with options of the adapter. `nodeName`: as telemetry names it. */
export function redisHistoryOf(where: string, options: RedisHistoryOptions, nodeName: string): HistoryStore {
  const { connect, shards, secret } = options;
  checkCount(`${where}.shards`, shards);
  if (typeof connect !== "function") {
    throw new WingbeatError("WB_OPTION", `${where}.connect must be a function: connect: () => new Redis(url).`);
  }
  const namespace = namespaceOf(where, options);
  const keys = secret === undefined ? [] : signingKeys(where, secret, namespace);
  return new RedisHistory(connect, namespace, shards, keys, nodeName);
}

const DAY = 86_400_000;
/** Checks until the node asks for all its heads, which renews them: a quarter of a day. */
const RENEW_AFTER = DAY / 4 / TELL_EVERY;
/** The largest number of milliseconds, entries or bytes that a script gets: it must be exact there. */
const MOST = 1e12;
/** Milliseconds for which an id is known, at the most. */
const KEEP_IDS = 600_000;
/** How many topics are asked about in one script: Redis does nothing else meanwhile. */
const MOST_HEADS = 500;
/** Milliseconds that `stop` waits for Redis. */
const STOP_TIMEOUT = 1_000;

const NONE = Buffer.alloc(0);
const whole = (number: number): string => String(Math.ceil(Math.min(number, MOST)));

/** What is the same in each try to append a batch. */
interface Content {
  readonly topic: Buffer;
  /** Id and bytes of each entry. */
  readonly entries: readonly (string | Buffer)[];
}

class RedisHistory implements HistoryStore {
  readonly fansOut = true;
  readonly pushes: RedisPushes;
  /** The beginning of all keys of a stream, and its channel. */
  readonly #streams: readonly string[];
  readonly #publish: string;
  readonly #codec: EntryCodec;
  readonly #link: HistoryLink;
  readonly #sender = randomBytes(8);
  /** Messages with entries, by stream. */
  readonly #sent: number[];
  readonly #losses: Losses;
  readonly #counts = new Counts(() => this.#events?.maybeMissed());
  #events: StoreEvents | undefined = undefined;
  #checks = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(
    connect: () => RedisClient,
    namespace: string,
    shards: number | undefined,
    keys: readonly KeyObject[],
    nodeName: string,
  ) {
    this.#losses = new Losses({ adapter: "redis", nodeName });
    const isSharded = shards !== undefined;
    this.#publish = isSharded ? "SPUBLISH" : "PUBLISH";
    this.#streams = Array.from({ length: shards ?? 1 }, (_, stream) => `${namespace}:h:{${stream}}`);
    this.#sent = this.#streams.map(() => 0);
    this.#codec = new EntryCodec(keys);
    const streams: Streams = {
      connect,
      isSharded,
      channels: this.#streams,
      canaries: this.#streams.map((stream) => `${stream}:canary`),
      told: (stream, session) => this.#told(stream, session),
      receive: (bytes) => this.#receive(bytes),
      changed: () => this.#counts.raise(),
    };
    this.#link = new HistoryLink(streams, { up: () => this.#up(), down: (reason) => this.#down(reason) });
    this.pushes = new RedisPushes(this.#link, namespace, keys, (error) => this.#losses.unreadable(error));
  }

  status(): StoreStatus {
    return this.#link.status;
  }

  async start(events: StoreEvents): Promise<void> {
    this.#events = events;
    this.#timer = setInterval(() => this.#check(), TELL_EVERY);
    this.#timer.unref();
    try {
      await this.#link.start();
    } catch (error) {
      clearInterval(this.#timer);
      const { message } = error as Error;
      throw new Error(
        `the history store may not use Redis: ${message} (docs/guide/scaling.md has the rights it needs)`,
        {
          cause: error,
        },
      );
    }
  }

  async append(batch: Batch): Promise<Appended | "unknown"> {
    const stream = this.#streamOf(batch.topic);
    const content = this.#contentOf(batch);
    let number: number | undefined = undefined;
    const args = (): (string | Buffer)[] => {
      const next = (this.#sent[stream] as number) + 1;
      this.#sent[stream] = next;
      number = next;
      return this.#appendArgs(batch, stream, next, content);
    };
    // What was not sent to anybody must not seem to be lost.
    const giveBack = (): void => {
      if (number !== undefined && this.#sent[stream] === number) this.#sent[stream] = number - 1;
    };
    let answer: unknown[];
    try {
      answer = await this.#link.run(SCRIPTS.append, this.#keysOf(batch.topic), args);
    } catch (error) {
      if (!(error instanceof DidNotRun)) throw error;
      giveBack();
      throw new NotStored(error.message, { cause: error });
    }
    const kind = String(answer[0]);
    if (kind === "refused") {
      giveBack();
      throw new NotStored(this.#refused(answer).message);
    }
    const appended = kind === "unknown" ? kind : appendedOf(answer);
    const unheard = String(answer.at(-1));
    // It is stored, but no node has heard of it.
    if (unheard !== "") this.#link.fail(new Error(unheard));
    return appended;
  }

  async read(topic: string, rule: HistoryRule, { after, limit, reverse = false }: Range): Promise<Slice> {
    const range = [after === undefined ? "" : String(after), whole(limit)];
    const args = [...ruleArgs(rule), ...range];
    const answer = await this.#ask(SCRIPTS.read, this.#keysOf(topic), args);
    const slice = sliceOf(topic, answer, this.#codec, (error) => this.#losses.unreadable(error));
    return reverse ? { ...slice, entries: slice.entries.toReversed() } : slice;
  }

  async heads(topics: readonly string[]): Promise<readonly (Head | undefined)[]> {
    const heads: (Head | undefined)[] = topics.map(() => undefined);
    /** Indexes of topics, by stream. */
    const streams = new Map<number, number[]>();
    for (const [index, topic] of topics.entries()) {
      const stream = this.#streamOf(topic);
      const indexes = streams.get(stream);
      if (indexes === undefined) streams.set(stream, [index]);
      else indexes.push(index);
    }
    const asking: Promise<void>[] = [];
    for (const indexes of streams.values()) {
      for (let first = 0; first < indexes.length; first += MOST_HEADS) {
        const some = indexes.slice(first, first + MOST_HEADS);
        asking.push(this.#headsOf(topics, some, heads));
      }
    }
    await Promise.all(asking);
    return heads;
  }

  async clear(topic: string): Promise<void> {
    const stream = this.#streamOf(topic);
    const message = writeMessage(CLEARED, stream, this.#sender, this.#sent[stream] as number, topicPart(topic));
    await this.#ask(SCRIPTS.clear, this.#keysOf(topic), [this.#publish, this.#streams[stream] as string, message]);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const last = this.#sent.flatMap((count, stream) =>
      count === 0 ? [] : [{ stream, message: writeMessage(LEFT, stream, this.#sender, count, NONE) }],
    );
    await this.#link.stop(last, STOP_TIMEOUT);
    this.#counts.clear();
    this.#losses.tell();
  }

  async #headsOf(topics: readonly string[], indexes: readonly number[], heads: (Head | undefined)[]): Promise<void> {
    const keys = indexes.map((index) => this.#keysOf(topics[index] as string)[0]);
    const found = headsOf(await this.#ask(SCRIPTS.heads, keys, []));
    for (const [place, index] of indexes.entries()) heads[index] = found[place];
  }

  /** Runs a script that may be run again. */
  async #ask(script: Script, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown[]> {
    const answer = await this.#link.run(script, keys, () => args);
    if (String(answer[0]) === "refused") throw this.#refused(answer);
    return answer;
  }

  /** Redis does not write: it is a replica now, its memory is full, or a right is missing. */
  #refused(answer: readonly unknown[]): Error {
    const error = new Error(String(answer[1]));
    if (error.message.includes("READONLY")) this.#link.fail(error);
    return error;
  }

  #contentOf({ topic, producer, entries }: Batch): Content {
    try {
      return {
        topic: topicPart(topic),
        entries: entries.flatMap(({ event, body, from, seq, id = "" }) => [
          id,
          this.#codec.encode(topic, { event, body, from, producer, seq }),
        ]),
      };
    } catch (error) {
      throw new NotStored((error as Error).message, { cause: error });
    }
  }

  #appendArgs(
    { rule, known, isRepeat, producer, entries }: Batch,
    stream: number,
    number: number,
    content: Content,
  ): (string | Buffer)[] {
    return [
      ...ruleArgs(rule),
      whole(Math.min(rule.ttl, KEEP_IDS)),
      this.#publish,
      this.#streams[stream] as string,
      writeMessage(ENTRIES, stream, this.#sender, number, content.topic),
      known?.lineage ?? "",
      known?.tag ?? "",
      known === undefined ? "" : String(known.offset),
      isRepeat ? "1" : "",
      producer,
      String(entries.at(-1)?.seq ?? 0),
      ...content.entries,
    ];
  }

  #streamOf(topic: string): number {
    return this.#streams.length === 1 ? 0 : topicHash(topic) % this.#streams.length;
  }

  #keysOf(topic: string): [string, string] {
    const stream = this.#streams[this.#streamOf(topic)] as string;
    return [`${stream}:m:${topic}`, `${stream}:l:${topic}`];
  }

  #told(stream: number, session: number): Buffer {
    const rest = Buffer.allocUnsafe(4);
    rest.writeUInt32BE(session);
    return writeMessage(TOLD, stream, this.#sender, this.#sent[stream] as number, rest);
  }

  #check(): void {
    this.#counts.check();
    // Logs that nobody asks about are forgotten.
    if (++this.#checks % RENEW_AFTER === 0) this.#counts.raise();
  }

  #up(): void {
    this.#events?.up();
    this.#events?.maybeMissed();
  }

  #down(reason: string): void {
    this.#counts.clear();
    this.#events?.down(reason);
  }

  /** Called from inside a driver: an exception could end the process. */
  #receive(bytes: Uint8Array): void {
    try {
      this.#open(readMessage(bytes));
    } catch (error) {
      this.#losses.unreadable(error);
    }
  }

  #open({ kind, stream, sender, number, rest }: Message): void {
    const name = `${stream} ${sender}`;
    if (kind === ENTRIES) {
      this.#deliver(rest);
      this.#counts.arrived(name, number);
    } else if (kind === NOTHING) this.#counts.arrived(name, number);
    else if (kind === LEFT) this.#counts.left(name, number);
    else if (kind === CLEARED) this.#events?.moved(readTopic(rest), undefined);
    else if (kind === TOLD && rest.length === 4) {
      this.#counts.told(name, number);
      if (sender === this.#sender.toString("latin1")) this.#link.heard(stream, rest.readUInt32BE());
    } else throw new RangeError("not a message of a history store");
  }

  #deliver(rest: Buffer): void {
    const { topic, lineage, tag, offset, at, entries } = readEntries(rest);
    for (const [index, bytes] of entries.entries()) {
      const entry = this.#codec.decode(topic, bytes);
      this.#events?.entry({ topic, lineage, tag, offset: offset + index, at, ...entry });
    }
  }
}

/** Lineage of a log that begins, how long its hash is kept, and what it keeps. */
function ruleArgs({ size, ttl, maxBytes }: HistoryRule): string[] {
  const keep = Math.max(DAY, 10 * ttl);
  return [randomBytes(9).toString("base64url"), whole(keep), whole(ttl), whole(size), whole(maxBytes)];
}
