/** Three nodes with some hundred clients, invented: what the fake inspection tells of. */
import type { ConnectionKey, ConnectionRow, Rates } from "wingbeat/inspector";
import { randomFrom } from "./random.ts";

export const NODES = ["chat-1@10.0.0.11", "chat-2@10.0.0.12", "chat-3@10.0.0.13"] as const;

/** Names that clients might choose to harm whoever looks at them. */
export const HOSTILE = {
  rightToLeft: "room:\u202egnp.exe",
  control: "room:\u0000\u001b[31mred\u0007\n\u2028next",
  invisible: "room:\u200b\ufeffghost",
  markup: '<img src=x onerror="document.title=1">',
  stacked: "room:z\u0351\u036b\u0343\u036a\u0302\u036bal\u0324g\u032bo",
  long: `room:${"long-".repeat(800)}`,
} as const;

export interface Client extends ConnectionRow {
  readonly topics: readonly string[];
}

const PEOPLE = [
  "ada",
  "grace",
  "linus",
  "margaret",
  "dennis",
  "barbara",
  "edsger",
  "radia",
  "ken",
  "frances",
  "alan",
  "joan",
];

export class World {
  readonly #random = randomFrom(7);
  readonly startedAt: number;
  #nextKey = 1;
  clients: Client[] = [];

  readonly now: () => number;

  constructor(now: () => number, clients = 640) {
    this.now = now;
    this.startedAt = now() - 3 * 86_400_000 - 4_321_000;
    for (let made = 0; made < clients; made++) this.clients.push(this.#client(made));
    const hostile = Object.values(HOSTILE).map((name, at) => ({
      ...this.#client(clients + at),
      id: name,
      topics: [name],
    }));
    this.clients.push(...hostile.map((client) => ({ ...client, channels: 1 })));
  }

  #client(nth: number): Client {
    const random = this.#random;
    const person = `${PEOPLE[nth % PEOPLE.length]}.${Math.floor(nth / PEOPLE.length)}`;
    const rooms = 1 + Math.floor(random() * 4);
    const topics = [
      `user:${person}`,
      "lobby",
      ...Array.from({ length: rooms }, () => `room:${Math.floor(random() ** 2 * 60)}`),
    ];
    const slow = nth % 97 === 5;
    return {
      node: NODES[nth % 3] ?? NODES[0],
      key: this.#nextKey++,
      id: nth % 11 === 3 ? null : `user_socket:${person}`,
      path: "/socket",
      transport: nth % 13 === 7 ? "longpoll" : "websocket",
      vsn: nth % 29 === 4 ? "1.0.0" : "2.0.0",
      extensions: nth % 3 !== 1,
      connectedAt: this.now() - Math.floor(random() * 7_200_000),
      channels: new Set(topics).size,
      bufferedBytes: slow ? Math.floor(400_000 + random() * 3_000_000) : nth % 17 === 2 ? 2_048 : 0,
      waitingBytes: nth % 151 === 9 ? 48_000 : 0,
      paused: nth % 151 === 9,
      topics: [...new Set(topics)],
    };
  }

  find({ node, key }: ConnectionKey): Client | undefined {
    return this.clients.find((client) => client.node === node && client.key === key);
  }

  disconnect(gone: (client: Client) => boolean): boolean {
    const before = this.clients.length;
    this.clients = this.clients.filter((client) => !gone(client));
    return this.clients.length < before;
  }

  /** A value around `middle` that moves slowly, and now and then has a peak. */
  wave(middle: number, phase: number): number {
    const t = this.now() / 1_000;
    const peak = Math.sin(t / 37 + phase * 3) > 0.985 ? 2.4 : 1;
    return Math.max(0, middle * peak * (1 + 0.25 * Math.sin(t / 11 + phase) + 0.12 * Math.sin(t / 2.3 + phase * 2)));
  }

  rates(share: number, phase: number): Rates {
    return {
      connects: this.wave(2.4 * share, phase),
      refusals: this.wave(0.3 * share, phase + 1),
      closes: this.wave(2.2 * share, phase + 2),
      joins: this.wave(9 * share, phase + 3),
      messagesIn: this.wave(840 * share, phase + 4),
      broadcasts: this.wave(310 * share, phase + 5),
      deliveries: this.wave(18_400 * share, phase + 6),
      crashes: phase === 1 ? 0.1 : 0,
      p50: this.wave(0.35, phase),
      p99: this.wave(6.2, phase + 1),
    };
  }
}
