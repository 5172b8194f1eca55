/**
 * R-24: clients push, nodes write rows and broadcast in the same transaction, and are killed all the time. At the end there is a
 * row for each push, and a broadcast for each row: in the database, in the log of the topic, and at a client that listens.
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Socket } from "@wingbeat/client";
import { WebSocket } from "ws";
import { freePort } from "../../../../tools/test/free-port.ts";
import { Child } from "../attack/child.ts";
import { newNamespace, run } from "../history/postgres-database.ts";
import { StallingProxy } from "../pubsub/stalling-proxy.ts";
import type { SoakNodeSettings } from "./postgres-soak-node.ts";

const NODE = new URL("postgres-soak-node.ts", import.meta.url).href;

export interface SoakOptions {
  readonly enginePort: number;
  readonly pushes: number;
  readonly kills: number;
  /** How many times as fast the clock of the nodes is. */
  readonly pace: number;
  readonly tell?: (line: string) => void;
}

export interface SoakResult {
  readonly seconds: number;
  readonly kills: number;
  /** Connections that were cut. */
  readonly cuts: number;
  /** Runs of a handler that were not the first one of their push, and committed. */
  readonly repeated: number;
  /** Of all runs: those to which `once` gave the reply of an earlier one. */
  readonly known: number;
  /** What must not be. */
  readonly faults: readonly string[];
}

const NODES = 2;
const LINES = 8;
const ROOMS = 2;
/** Pushes of a client that wait at the same time. */
const AT_ONCE = 40;

interface Message {
  readonly id: number;
  readonly line: string;
  readonly n: number;
}

const roomOf = (line: string): string => `room:${Number(line) % ROOMS}`;

class Soak {
  readonly #options: SoakOptions;
  readonly #nodes: (Child | undefined)[] = [];
  readonly #ports: number[] = [];
  readonly #sockets: Socket[] = [];
  readonly #front = new StallingProxy(() => this.#ports[randomInt(NODES)] as number);
  /** Replies, by line and number. */
  readonly #replies = new Map<string, number>();
  readonly #delivered: Message[] = [];
  readonly #faults: string[] = [];
  #namespace = "";
  #kills = 0;
  /** Kills after which all lines went on. */
  #survived = 0;
  #cuts = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
  }

  async run(): Promise<SoakResult> {
    const { enginePort, pushes } = this.#options;
    this.#namespace = await newNamespace(enginePort);
    await run(
      enginePort,
      `CREATE TABLE "${this.#namespace}_message" (id serial, line text, n integer);
       CREATE TABLE "${this.#namespace}_try" (attempt integer, ran boolean)`,
    );
    try {
      for (let node = 0; node < NODES; node++) this.#ports.push(await freePort());
      await Promise.all(this.#ports.map((_, node) => this.#start(node)));
      await this.#front.start();
      for (let room = 0; room < ROOMS; room++) await this.#listen(`room:${room}`);
      const start = performance.now();
      const lines = Array.from({ length: LINES }, (_, line) => this.#push(String(line)));
      const killing = this.#killAll();
      await Promise.all(lines);
      const seconds = (performance.now() - start) / 1_000;
      await killing;
      await this.#untilDelivered(pushes);
      return { seconds, ...(await this.#judge()) };
    } finally {
      for (const socket of this.#sockets) socket.disconnect();
      await Promise.all(this.#nodes.map((node) => node?.stop()));
      await this.#front.stop();
    }
  }

  async #start(node: number): Promise<void> {
    const { enginePort, pace } = this.#options;
    const port = this.#ports[node] as number;
    const settings: SoakNodeSettings = { enginePort, namespace: this.#namespace, port, pace };
    this.#nodes[node] = await Child.start(NODE, settings);
  }

  #connect(): Socket {
    const socket = new Socket(`ws://127.0.0.1:${this.#front.port}/socket`, {
      transport: WebSocket as never,
      reconnectAfterMs: (tries) => Math.min(tries * 50, 500),
      rejoinAfterMs: () => 100,
    });
    this.#sockets.push(socket);
    socket.connect();
    return socket;
  }

  async #listen(topic: string): Promise<void> {
    const channel = this.#connect().channel(topic);
    channel.on("new_msg", (message) => this.#delivered.push(message as Message));
    channel.onRecover(({ recovered, reason }) => {
      if (!recovered) this.#faults.push(`the listener of ${topic} was told "${reason}"`);
    });
    await channel.join();
  }

  /** All pushes of one line. */
  async #push(line: string): Promise<void> {
    const channel = this.#connect().channel(roomOf(line));
    channel.join().catch(() => {});
    const { pushes, kills } = this.#options;
    let waiting = 0;
    const push = async (n: number): Promise<void> => {
      let id = Number.NaN;
      try {
        ({ id } = (await channel.push("say", { line, n }, { retry: true })) as { id: number });
      } catch (error) {
        this.#faults.push(`push ${n} of line ${line}: ${String(error)}`);
      }
      this.#replies.set(`${line}/${n}`, id);
      waiting--;
    };
    for (let n = 1; n <= pushes / LINES; n++) {
      // All lines go on together: a push that loses its connection again and again is given up by its client.
      const mayGoOn = (): boolean => n * LINES * (kills + 1) <= (this.#survived + 1) * pushes;
      while (waiting >= AT_ONCE || !mayGoOn()) await sleep(2);
      waiting++;
      void push(n);
    }
    while (waiting > 0) await sleep(2);
  }

  /** Kills a node and cuts connections each time that so many further pushes have their replies. */
  async #killAll(): Promise<void> {
    const { pushes, kills, tell = () => {} } = this.#options;
    for (; this.#kills < kills; this.#kills++) {
      while (this.#replies.size < ((this.#kills + 0.5) * pushes) / (kills + 1)) await sleep(5);
      await sleep(randomInt(50));
      const node = this.#kills % NODES;
      await this.#nodes[node]?.stop();
      tell(`${this.#replies.size} replies: node ${node} was killed`);
      await this.#start(node);
      for (const link of this.#front.links) {
        if (randomInt(4) > 0) continue;
        link.cut();
        this.#cuts++;
      }
      while (this.#replies.size < Math.floor(((this.#kills + 1) * pushes) / (kills + 1) / LINES) * LINES)
        await sleep(5);
      this.#survived++;
    }
  }

  async #untilDelivered(count: number): Promise<void> {
    const end = Date.now() + 60_000;
    while (this.#delivered.length < count && Date.now() < end) await sleep(20);
  }

  async #judge(): Promise<Omit<SoakResult, "seconds">> {
    const query = (sql: string) => run(this.#options.enginePort, sql.replaceAll("$", `"${this.#namespace}_`));
    const rows = (await query(`SELECT id, line, n FROM $message" ORDER BY id`)) as unknown as Message[];
    const entries = (await query(`SELECT body::json -> 4 AS message FROM $entry" ORDER BY topic, off`)).map(
      ({ message }) => message as Message,
    );
    this.#compare("rows", rows);
    this.#compare("entries of the log", entries);
    this.#compare("deliveries", this.#delivered);
    const tries = await query(
      `SELECT count(*) FILTER (WHERE attempt > 1) AS repeated, count(*) FILTER (WHERE NOT ran) AS known FROM $try"`,
    );
    const [{ repeated, known } = {}] = tries;
    const counts = { repeated: Number(repeated), known: Number(known) };
    return { kills: this.#kills, cuts: this.#cuts, faults: this.#faults, ...counts };
  }

  /** Each push of each line once, in order, with the id of its reply. */
  #compare(what: string, messages: readonly Message[]): void {
    for (let line = 0; line < LINES; line++) {
      const own = messages.filter((message) => message.line === String(line));
      const expected = this.#options.pushes / LINES;
      if (own.length !== expected) this.#faults.push(`${own.length} ${what} of line ${line}: ${expected} were pushed`);
      for (const [index, { id, n }] of own.entries()) {
        if (n !== index + 1) {
          this.#faults.push(`${what} of line ${line}: ${n} is in the place of ${index + 1}`);
          break;
        }
        if (this.#replies.get(`${line}/${n}`) === id) continue;
        this.#faults.push(
          `${what} of line ${line}: ${n} has the id ${id}, its reply ${this.#replies.get(`${line}/${n}`)}`,
        );
      }
    }
  }
}

/** `pushes` is a multiple of 8. */
export const soak = (options: SoakOptions): Promise<SoakResult> => new Soak(options).run();
