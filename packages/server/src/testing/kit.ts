/** The kit of one socket definition: makes its clients, and an endpoint that they share. */
import { v2Server } from "@wingbeat/protocol";
import type { SocketContract } from "@wingbeat/protocol";
import { Gate } from "../admission/gate.ts";
import { senderFinder } from "../admission/proxy.ts";
import { Refusal } from "../admission/refusal.ts";
import { readMounts } from "../endpoint/config.ts";
import type { EndpointOptions, MountConfig, MountOptions } from "../endpoint/config.ts";
import { Mount } from "../endpoint/mount.ts";
import { createEndpoint } from "../endpoint.ts";
import type { Endpoint } from "../endpoint.ts";
import { WingbeatError } from "../errors.ts";
import { checkDuration, checkTimeout } from "../options.ts";
import { MemoryHistory, systemClock } from "../pubsub/history.ts";
import { SocketProcess } from "../socket/process.ts";
import type { Admission, SocketEnvironment } from "../socket/process.ts";
import type { SocketDefinition } from "../socket.ts";
import { attach } from "../telemetry/attach.ts";
import { MemoryConnection, MemoryTransport } from "../transports/memory.ts";
import type { MemoryRequest } from "../transports/memory.ts";
import { TestClient } from "./client.ts";
import { show } from "./match.ts";
import { encodeQuery } from "./query.ts";

/** Where a test client connects from: `connect` gets it as `info`. */
export interface ConnectFrom {
  /** By lower-case name. Default: `host: "localhost"`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly authToken?: string;
  /** Whether it is a client like `@wingbeat/client`, which may renew its login: see `client.refresh`. Default false. */
  readonly extensions?: boolean;
  /**
   * Whether it asks for what it has missed on topics with a history, as `@wingbeat/client` does. `false`: as phoenix.js, it
   * does not know of it. Default true.
   */
  readonly recovery?: boolean;
  /** Default: address 127.0.0.1, port 50000. */
  readonly peer?: { readonly address: string; readonly port: number };
}

/** The second argument of {@link testSocket}. */
export interface TestOptions {
  /** How long assertions wait and refutations watch, in ms. Default 100. */
  readonly timeout?: number;
  /** The application's endpoint, for code that broadcasts on it. Default: the kit's own. */
  readonly endpoint?: Endpoint;
  /** The presences that the channels use, for the kit's own endpoint. */
  readonly presence?: EndpointOptions["presence"];
}

/** A refused connection. */
export interface ConnectRefusal {
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The reason passed to `refuse`, if any. */
  readonly reason: unknown;
  /** What `connect` threw, when it crashed. */
  readonly error: unknown;
}

/** Clients of a kit connect directly: no proxy, no limits. */
const RULES = {
  host: undefined,
  gate: new Gate(),
  senderOf: senderFinder(false),
  connectTimeout: Number.POSITIVE_INFINITY,
};

/** Clients of one socket definition, and an endpoint for them: made by {@link testSocket}. Close it after the tests. */
export class TestKit<Contract extends SocketContract = SocketContract> {
  /** Broadcasts from outside of channels, as `ctx.endpoint` does. */
  readonly endpoint: Endpoint;
  readonly #config: MountConfig;
  readonly #timeout: number;
  readonly #ownsEndpoint: boolean;
  /** By path: every client has its own path, so that telemetry can distinguish them. */
  readonly #clients = new Map<string, TestClient<Contract>>();
  readonly #mounts: Mount[] = [];
  readonly #detach: readonly (() => void)[];
  #connects = 0;
  #isClosed = false;
  /** How many milliseconds the clock of the history is ahead. */
  #ahead = 0;

  /** @internal Made by {@link testSocket}. */
  constructor(socket: SocketDefinition | MountOptions, { timeout = 100, endpoint, presence = [] }: TestOptions) {
    checkTimeout("testSocket: timeout", timeout);
    // Clients of the kit connect like WebSocket clients, even if the mount only has long polling.
    const sockets = { "/test": "socket" in socket ? { ...socket, websocket: socket.websocket || true } : socket };
    this.#config = readMounts({ sockets })[0] as MountConfig;
    this.#timeout = timeout;
    this.#ownsEndpoint = endpoint === undefined;
    this.endpoint = endpoint ?? createEndpoint({ sockets, presence, history: this.#history(), logger: false });
    this.#detach = [
      attach("channel.crashed", (data) => {
        if (data.endpoint === this.endpoint)
          this.#clients.get(data.path)?.crashed(data.topic, data.callback, data.error);
      }),
      attach("channel.terminated", (data) => {
        if (data.endpoint !== this.endpoint) return;
        this.#clients.get(data.path)?.terminated(data.path, data.topic, data.reason);
      }),
    ];
  }

  /**
   * Connects a client as over the network: params are sent as a query, so numbers arrive as strings; the origin check,
   * schema, `connect` and `id` are run. Rejects with `WB_ASSERTION` when it is refused, and with `WB_ENDPOINT_STATE`
   * when the kit is closed, also while `connect` is under way.
   */
  async connect(params: object = {}, from: ConnectFrom = {}): Promise<TestClient<Contract>> {
    return accepted(await this.#connect(params, from));
  }

  /** Connects a client that must be refused. Returns how; rejects with `WB_ASSERTION` when it is accepted. */
  async assertRefused(params: object = {}, from: ConnectFrom = {}): Promise<ConnectRefusal> {
    const connected = await this.#connect(params, from);
    if (connected instanceof Refusal) {
      return { status: connected.answer.status, reason: connected.reason, error: connected.error };
    }
    connected.forget();
    throw new WingbeatError(
      "WB_ASSERTION",
      `assertRefused: connect accepted the client, with ${show(connected.assigns)}.`,
    );
  }

  /** A connected client, without running `connect` and `id`. Throws `WB_ENDPOINT_STATE` when the kit is closed. */
  socket(assigns: Readonly<Record<string, unknown>> = {}, id: string | null = null): TestClient<Contract> {
    const connect = (client?: TestClient<Contract>): TestClient<Contract> => {
      this.#checkOpen();
      const path = this.#nextPath();
      const connected = this.#clientAt(path, { assigns, id }, client, async (again) => void connect(again), true);
      const connection = new MemoryConnection(connected, "websocket");
      connection.start(new SocketProcess(this.#environment(path), { assigns, id, codec: v2Server }, connection));
      return connected.start(connection);
    };
    return connect();
  }

  /** {@link TestClient.loseMessages} of all clients. */
  loseMessages(count: number): void {
    for (const client of new Set(this.#clients.values())) client.loseMessages(count);
  }

  /**
   * Lets time pass for the histories: what has reached its `ttl` is gone. Timers do not run: for these use the fake timers of
   * your test runner, which move the histories as well.
   */
  advance(ms: number): void {
    checkDuration("advance", ms);
    if (!this.#ownsEndpoint) {
      throw new WingbeatError(
        "WB_ASSERTION",
        "advance: the clock is that of the kit's own endpoint; you have passed yours.",
      );
    }
    this.#ahead += ms;
  }

  /** Closes all clients of the kit, and its endpoint if it is the kit's own. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const client of this.#clients.values()) client.forget();
    this.#clients.clear();
    await new Promise((resolve) => setImmediate(resolve)); // channels handle what they were sent, then they end
    for (const detach of this.#detach) detach();
    await Promise.all(this.#mounts.map((mount) => mount.stop(0)));
    if (this.#ownsEndpoint) await this.endpoint.close();
  }

  #history(): MemoryHistory {
    return new MemoryHistory({}, { ...systemClock, now: () => systemClock.now() + this.#ahead });
  }

  /** `again`: a client that was connected before. */
  async #connect(
    params: object,
    from: ConnectFrom,
    again?: TestClient<Contract>,
  ): Promise<TestClient<Contract> | Refusal> {
    this.#checkOpen();
    const path = this.#nextPath();
    const memory = new MemoryTransport({ ...this.#config.websocket, name: "websocket" });
    const config = { ...this.#config, path, authToken: this.#config.authToken || from.authToken !== undefined };
    this.#mounts.push(new Mount(config, this.#environment(path), RULES, [memory]));
    let client: TestClient<Contract> | undefined;
    const connection = await memory.connect(requestOf(params, from), (admitted) => {
      this.#checkOpen();
      const connectAgain = async (one: TestClient<Contract>): Promise<void> =>
        void accepted(await this.#connect(params, from, one));
      return (client = this.#clientAt(path, admitted, again, connectAgain, from.recovery ?? true));
    });
    return connection instanceof Refusal ? connection : (client as TestClient<Contract>).start(connection);
  }

  /** The client of a connection: a new one, unless it was connected before. */
  #clientAt(
    path: string,
    admission: Pick<Admission, "id" | "assigns">,
    before: TestClient<Contract> | undefined,
    connectAgain: (client: TestClient<Contract>) => Promise<void>,
    recovers: boolean,
  ): TestClient<Contract> {
    const { endpoint } = this;
    const kit = { endpoint, timeout: this.#timeout, recovers, connectAgain };
    const client = before ?? new TestClient<Contract>(kit, path, admission);
    before?.admitted(path, admission);
    this.#clients.set(path, client);
    return client;
  }

  #environment(path: string): SocketEnvironment {
    const { endpoint } = this;
    const { spec: socket } = this.#config.socket;
    const { pubsub, disconnects } = endpoint;
    return { endpoint, pubsub, path, mount: "/test", socket, processes: new Set(), work: { running: 0 }, disconnects };
  }

  #checkOpen(): void {
    if (!this.#isClosed) return;
    throw new WingbeatError(
      "WB_ENDPOINT_STATE",
      "the test kit is closed: make one with testSocket() for each test, or close it after the last one.",
    );
  }

  #nextPath(): string {
    return `/test/${++this.#connects}`;
  }
}

/** Throws `WB_ASSERTION` for a client that was refused. */
function accepted<Contract extends SocketContract>(connected: TestClient<Contract> | Refusal): TestClient<Contract> {
  if (!(connected instanceof Refusal)) return connected;
  const { stage, answer, reason, error } = connected;
  const why = reason === undefined ? "" : `: ${show(reason)}`;
  throw new WingbeatError(
    "WB_ASSERTION",
    `connect: refused by ${stage} with HTTP status ${answer.status}${why}.`,
    error === undefined ? {} : { cause: error },
  );
}

/** The handshake request of a client. */
function requestOf(params: object, { headers, authToken, peer, extensions = false }: ConnectFrom): MemoryRequest {
  const token = authToken === undefined ? undefined : Buffer.from(authToken).toString("base64url");
  return {
    url: `/test/websocket?${encodeQuery({ vsn: "2.0.0", ...params, ...(extensions && { wingbeat: 1 }) })}`,
    headers: {
      ...(token === undefined ? {} : { "sec-websocket-protocol": `phoenix, base64url.bearer.phx.${token}` }),
      ...headers,
    },
    ...(peer === undefined ? {} : { peer }),
  };
}

/**
 * Makes a test kit for a socket definition, or for one with the options of its mount. Its clients hear each other's
 * broadcasts. Close it after each test.
 */
export function testSocket<Contract extends SocketContract>(
  socket: SocketDefinition<Contract> | (MountOptions & { readonly socket: SocketDefinition<Contract> }),
  options: TestOptions = {},
): TestKit<Contract> {
  return new TestKit<Contract>(socket, options);
}
