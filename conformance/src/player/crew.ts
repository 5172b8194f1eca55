import { HttpClient, sendRequest } from "./http-client.ts";
import type { Inbox } from "./inbox.ts";
import type { Sight, Step } from "./steps.ts";
import { TcpClient } from "./tcp-client.ts";
import { Tokens } from "./tokens.ts";
import { WebSocketClient, type Send } from "./websocket-client.ts";

/** The clients of one scenario, by the letters of the recording. */
export class Crew {
  readonly tokens = new Tokens();
  readonly #base: URL;
  readonly #clients = new Map<string, WebSocketClient | TcpClient | HttpClient>();

  constructor(base: URL) {
    this.#base = base;
  }

  get port(): number {
    return Number(this.#base.port);
  }

  /** Does one step, or several sends of one client at once. */
  async act(steps: Step[]): Promise<void> {
    const [step] = steps;
    if (step === undefined) return;
    if ("connect" in step) this.#clients.set(step.client, new WebSocketClient(this.#base, step));
    else if ("rawConnect" in step) this.#clients.set(step.client, new TcpClient(this.#base, step));
    else if ("sendRaw" in step) this.#client(step.client, TcpClient).send(step.sendRaw);
    else if ("clientTcp" in step) this.#client(step.client, TcpClient).end();
    else if ("clientClose" in step) this.#client(step.client, WebSocketClient).close(step.clientClose);
    else if ("http" in step) void this.#httpClient(step.client).send(this.tokens.request(step.http));
    else if ("admin" in step) await this.#admin(step.admin);
    else if ("client" in step) this.#client(step.client, WebSocketClient).send(steps as Send[]);
  }

  inbox(client: string): Inbox {
    const found = this.#clients.get(client);
    if (found === undefined) throw new Error(`client ${client} has not connected`);
    return found.inbox;
  }

  isOpen(client: string): boolean {
    return this.#clients.get(client)?.isOpen ?? false;
  }

  /** Empties all inboxes. */
  takeAll(): Sight[] {
    const sights: Sight[] = [];
    for (const { inbox } of this.#clients.values()) {
      for (let sight = inbox.take(); sight !== undefined; sight = inbox.take()) sights.push(sight);
    }
    return sights;
  }

  drop(): void {
    for (const client of this.#clients.values()) client.drop();
  }

  #client<Kind>(name: string, kind: new (...args: never[]) => Kind): Kind {
    const found = this.#clients.get(name);
    if (found instanceof kind) return found;
    throw new Error(`client ${name} is no ${kind.name}`);
  }

  #httpClient(name: string): HttpClient {
    const client = this.#clients.get(name) ?? new HttpClient(this.#base, name);
    this.#clients.set(name, client);
    return this.#client(name, HttpClient);
  }

  async #admin(path: string): Promise<void> {
    const { status, body } = await sendRequest(this.#base, { method: "GET", path });
    if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`);
  }
}
