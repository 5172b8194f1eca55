/** A client that reads when the test says so, over a connection with a send buffer of a known size. */
import { v2Client, v2Server } from "@wingbeat/protocol";
import type { Message } from "@wingbeat/protocol";
import { onTestFinished } from "vitest";
import { createEndpoint } from "../../src/index.ts";
import type { Endpoint, SocketDefinition } from "../../src/index.ts";
import { SocketProcess } from "../../src/socket/process.ts";
import { Telemetry } from "../../src/index.ts";
import type { TelemetryEvent, TelemetryEvents } from "../../src/index.ts";
import type { Connection, ConnectionHandler, Frame } from "../../src/transports/connection.ts";

export interface SlowOptions {
  /** Bytes that the kernels take before the process has to buffer. Default: any number. */
  readonly kernel?: number;
  /** Default true. */
  readonly extensions?: boolean;
}

class SlowConnection implements Connection {
  readonly transport = "websocket";
  readonly #kernelSize: number;
  #kernel: Frame[] = [];
  #buffer: Frame[] = [];
  #sent = 0;
  #isOpen = true;
  #handler: ConnectionHandler | undefined;
  #whenWritable: (() => void)[] = [];

  constructor(kernelSize: number) {
    this.#kernelSize = kernelSize;
  }

  start(handler: ConnectionHandler): void {
    this.#handler = handler;
  }

  get sentBytes(): number {
    return this.#sent;
  }

  get bufferedBytes(): number {
    return sizeOf(this.#buffer);
  }

  send(frame: Frame): void {
    if (!this.#isOpen) return;
    this.#sent += frame.data.length;
    const isRoom = this.#kernel.length === 0 || sizeOf([...this.#kernel, frame]) <= this.#kernelSize;
    const fits = this.#buffer.length === 0 && isRoom;
    (fits ? this.#kernel : this.#buffer).push(frame);
  }

  onWritable(run: () => void): void {
    this.#whenWritable.push(run);
  }

  /** What the client reads at once. What was buffered follows into the kernel. */
  read(): Message[] {
    const messages = this.#kernel.map(({ data }) => v2Client.decode(data));
    this.#kernel = [];
    const buffered = this.#buffer;
    this.#buffer = [];
    for (const frame of buffered) {
      this.#sent -= frame.data.length;
      this.send(frame);
    }
    return messages;
  }

  /** Says that the buffer is empty, if it is. */
  tellWritable(): void {
    if (this.#buffer.length > 0) return;
    const runs = this.#whenWritable;
    this.#whenWritable = [];
    if (this.#isOpen) for (const run of runs) run();
  }

  receive(message: Message): void {
    const data = v2Client.encode(message);
    this.#handler?.receive(data, data.length);
  }

  close(code = 1000, reason = ""): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler?.closed(code, reason);
  }

  pause(): void {}
  resume(): void {}
}

const sizeOf = (frames: readonly Frame[]): number => frames.reduce((sum, { data }) => sum + data.length, 0);

/** Until everything that is scheduled by now has run. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class SlowClient {
  readonly endpoint: Endpoint;
  readonly connection: SlowConnection;
  readonly process: SocketProcess;

  constructor(
    socket: SocketDefinition,
    { kernel = Infinity, extensions = true }: SlowOptions = {},
    endpoint?: Endpoint,
  ) {
    this.endpoint = endpoint ?? createEndpoint({ sockets: { "/socket": socket }, logger: false });
    this.connection = new SlowConnection(kernel);
    const environment = {
      endpoint: this.endpoint as never,
      pubsub: this.endpoint.pubsub,
      path: "/socket",
      socket: socket.spec,
      processes: new Set<SocketProcess>(),
      work: { running: 0 },
    };
    const admission = { codec: v2Server, assigns: {}, id: null, extensions };
    this.process = new SocketProcess(environment, admission, this.connection);
    this.connection.start(this.process);
    onTestFinished(async () => {
      this.connection.close();
      await turn();
      await this.endpoint.close();
    });
  }

  send(event: string, payload: unknown = {}, ref: string | null = null, topic = "room:1", joinRef = "1"): void {
    this.connection.receive({ joinRef, ref, topic, event, payload });
  }

  /** Joins, and reads the reply. */
  async join(topic = "room:1", joinRef = "1"): Promise<void> {
    this.send("phx_join", {}, joinRef, topic, joinRef);
    await turn();
    this.read();
  }

  /**
   * Reads what has come this far, and sends marks back. In short, without marks: `cursor {"user":"ada","x":1}`. What the
   * server sends then comes with the next read.
   */
  read(): string[] {
    const messages = this.connection.read();
    const isMark = ({ event }: Message): boolean => event === "wb_ack";
    for (const message of messages) if (isMark(message)) this.connection.receive(message);
    this.connection.tellWritable();
    return messages
      .filter((message) => !isMark(message))
      .map(({ event, payload }) => `${event} ${JSON.stringify(payload)}`);
  }

  /** Reads, and reads what the server sends at that. */
  async catchUp(): Promise<string[]> {
    const read: string[] = [];
    for (let quiet = 0; quiet < 2;) {
      const messages = this.read();
      read.push(...messages);
      quiet = messages.length === 0 ? quiet + 1 : 0;
      await turn();
    }
    return read;
  }
}

export function record<Event extends TelemetryEvent>(event: Event): TelemetryEvents[Event][] {
  const data: TelemetryEvents[Event][] = [];
  onTestFinished(Telemetry.attach(event, (one) => data.push(one)));
  return data;
}
