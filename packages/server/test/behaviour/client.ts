/** A client of any carrier and dialect, which sends and takes messages one by one. */
import { JOIN, REPLY, v1Client, v2Client } from "@wingbeat/protocol";
import type { ClientCodec, Message } from "@wingbeat/protocol";
import type { EndpointOptions, MountOptions, SocketDefinition } from "../../src/index.ts";
import { gate, Inbox } from "../integration/inbox.ts";
import { carriers } from "./carriers.ts";
import type { Carrier, Closed, Line, Reached, Request } from "./carriers.ts";

/** How messages are written: the version, and for V2 also whether payloads are JSON or bytes. */
export interface Dialect {
  readonly name: string;
  readonly vsn: string;
  readonly codec: ClientCodec;
  /** A payload with a number in it. */
  payload(n: number): object;
  /** The number in a payload that was received. */
  numberIn(payload: unknown): number;
}

const json = {
  payload: (n: number): object => ({ n }),
  numberIn: (payload: unknown): number => (payload as { n: number }).n,
};

const dialects: readonly Dialect[] = [
  { name: "V1", vsn: "1.0.0", codec: v1Client, ...json },
  { name: "V2", vsn: "2.0.0", codec: v2Client, ...json },
  {
    name: "V2 with bytes",
    vsn: "2.0.0",
    codec: v2Client,
    payload: (n) => Buffer.from([n]),
    numberIn: (payload) => {
      if (!(payload instanceof Uint8Array)) throw new TypeError("the payload is not bytes");
      return payload[0] as number;
    },
  },
];

/** All combinations. */
export const ways = carriers.flatMap((carrier) =>
  dialects.map((dialect) => ({ carrier, dialect, way: `${carrier.name}, ${dialect.name}` })),
);

export interface Reply {
  readonly status: string;
  readonly response: unknown;
}

export class Client {
  readonly closed: Promise<Closed>;
  readonly #inbox = new Inbox<Message>();
  readonly #dialect: Dialect;
  readonly #sayClosed: (closed: Closed) => void;
  #line: Line | undefined = undefined;
  #lastRef = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    const { passed, open } = gate<Closed>();
    this.closed = passed;
    this.#sayClosed = open;
  }

  /** Connects, or gives the HTTP status of the refusal. */
  async connect(
    reached: Reached,
    params: Readonly<Record<string, string>>,
    headers: Request["headers"],
  ): Promise<this | number> {
    const query = new URLSearchParams({ vsn: this.#dialect.vsn, ...params }).toString();
    const line = await reached.connect(
      { query, ...(headers === undefined ? {} : { headers }) },
      { received: (data) => this.#inbox.put(this.#dialect.codec.decode(data)), closed: this.#sayClosed },
    );
    if (typeof line === "number") return line;
    this.#line = line;
    return this;
  }

  /** Sends a message. Gives its ref. */
  send(topic: string, event: string, payload: object = {}, joinRef: string | null = "1"): string {
    const ref = event === JOIN ? String(joinRef) : `r${++this.#lastRef}`;
    this.raw(this.#dialect.codec.encode({ joinRef, ref, topic, event, payload }));
    return ref;
  }

  raw(data: string | Uint8Array): void {
    this.#line?.write(data);
  }

  drop(): void {
    this.#line?.drop();
  }

  next(): Promise<Message> {
    return this.#inbox.next();
  }

  take(count: number): Promise<Message[]> {
    return this.#inbox.take(count);
  }

  /** Joins; the reply must come next. */
  async join(topic: string, payload: object = {}, joinRef = "1"): Promise<Reply> {
    this.send(topic, JOIN, payload, joinRef);
    return this.#reply(joinRef);
  }

  /** Pushes; the reply must come next. */
  async call(topic: string, event: string, payload: object = {}): Promise<Reply> {
    return this.#reply(this.send(topic, event, payload));
  }

  async #reply(ref: string): Promise<Reply> {
    const message = await this.next();
    if (message.event !== REPLY || message.ref !== ref) {
      throw new Error(`expected the reply to ${ref}, got ${JSON.stringify(message)}`);
    }
    return message.payload as Reply;
  }
}

/** A socket that clients of one way can connect to. */
export class Site {
  readonly carrier: Carrier;
  readonly dialect: Dialect;
  readonly reached: Reached;

  private constructor(carrier: Carrier, dialect: Dialect, reached: Reached) {
    this.carrier = carrier;
    this.dialect = dialect;
    this.reached = reached;
  }

  static async of(
    { carrier, dialect }: { carrier: Carrier; dialect: Dialect },
    socket: SocketDefinition,
    options: Partial<EndpointOptions> = {},
    mount: Partial<MountOptions> = {},
  ): Promise<Site> {
    return new Site(carrier, dialect, await carrier.reach({ ...mount, socket }, options));
  }

  /** A client, or the HTTP status of its refusal. */
  tryToConnect(params: Readonly<Record<string, string>> = {}, headers?: Request["headers"]): Promise<Client | number> {
    return new Client(this.dialect).connect(this.reached, params, headers);
  }

  async connect(params: Readonly<Record<string, string>> = {}, headers?: Request["headers"]): Promise<Client> {
    const client = await this.tryToConnect(params, headers);
    if (typeof client === "number") throw new Error(`refused with ${client}`);
    return client;
  }
}
