/** A server that acts out a course of steps, to try the player without a real one. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Step } from "../src/player.ts";

type Upgrade = [request: IncomingMessage, socket: Duplex, head: Buffer];

export class ScriptedServer {
  readonly #server = createServer((request, response) => this.#requests.put([request, response]));
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #requests = new Queue<[IncomingMessage, ServerResponse]>();
  readonly #upgrades = new Queue<Upgrade>();
  readonly #waiting = new Map<string, Upgrade>();
  readonly #open = new Map<string, WebSocket>();
  readonly #heard = new Map<string, Queue<unknown>>();

  /** Starts on a free port and acts as soon as somebody connects. */
  static async start(course: Step[]): Promise<ScriptedServer> {
    const scripted = new ScriptedServer();
    scripted.#server.on("upgrade", (...upgrade) => scripted.#upgrades.put(upgrade));
    scripted.#server.listen(0, "127.0.0.1");
    await once(scripted.#server, "listening");
    void scripted.#act(course);
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#open.values()) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #act(course: Step[]): Promise<void> {
    for (const step of course) {
      if ("connect" in step) this.#waiting.set(step.client, await this.#upgrades.next());
      else if ("open" in step) this.#accept(step.client);
      else if ("refused" in step) this.#refuse(step.client, step.refused.status, step.refused.body);
      else if ("send" in step || "sendBin" in step) await this.#heard.get(step.client)?.next();
      else if ("recv" in step) this.#open.get(step.client)?.send(step.recv);
      else if ("recvBin" in step) this.#open.get(step.client)?.send(Buffer.from(step.recvBin, "hex"));
      else if ("close" in step) this.#open.get(step.client)?.close(step.close.code, step.close.reason);
      else if ("admin" in step) (await this.#requests.next())[1].end("ok");
    }
  }

  #accept(client: string): void {
    this.#sockets.handleUpgrade(...this.#upgradeOf(client), (socket) => {
      const heard = new Queue<unknown>();
      socket.on("message", (data) => heard.put(data));
      this.#heard.set(client, heard);
      this.#open.set(client, socket);
    });
  }

  #refuse(client: string, status: number, body: string): void {
    const [, socket] = this.#upgradeOf(client);
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  }

  #upgradeOf(client: string): Upgrade {
    const upgrade = this.#waiting.get(client);
    if (upgrade === undefined) throw new Error(`${client} has not connected`);
    return upgrade;
  }
}

class Queue<Item> {
  readonly #items: Item[] = [];
  readonly #takers: ((item: Item) => void)[] = [];

  put(item: Item): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#items.push(item);
    else taker(item);
  }

  next(): Promise<Item> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(item);
  }
}
