/**
 * Many clients, and a server that is killed and started again under their pushes. What is asked: is every client back
 * each time, is nothing lost or doubled that waited for the join, is nothing left at the end, and is the server not
 * run over by all of them at once.
 */
import { PushError, Socket } from "@wingbeat/client";
import type { Channel } from "@wingbeat/client";
import { WebSocket } from "ws";
import { bundle, Program, SERVER } from "./programs.ts";
import type { ServerLine } from "./programs.ts";

export interface RestartFigures {
  readonly restarts: number;
  readonly clients: number;
  /** Joins after the first, of all clients together. */
  rejoins: number;
  /** Pushes that waited for a join, and how many of them came never, or more than once. */
  buffered: number;
  missing: number;
  doubled: number;
  /** Pushes that were under way when the server went, by what became of them. */
  underWay: { ok: number; closed: number };
  /** Most connections that one client had open at the same time. */
  mostOpen: number;
  /** Handles and timers more than before, by kind, after all have disconnected. */
  resourcesLeft: Record<string, number>;
  /** Reconnects after each kill: how many in each tenth of a second. */
  histograms: number[][];
}

const TENTH_MS = 100;

/** Kills with SIGKILL (connections break) and SIGTERM (close code 1012) by turns. */
export async function runRestarts(clients: number, restarts: number): Promise<RestartFigures> {
  const figures: RestartFigures = {
    restarts,
    clients,
    rejoins: 0,
    buffered: 0,
    missing: 0,
    doubled: 0,
    underWay: { ok: 0, closed: 0 },
    mostOpen: 0,
    resourcesLeft: {},
    histograms: [],
  };
  const code = await bundle(SERVER);
  let server = await startServer(code, 0);
  const [{ port }] = server.lines as readonly [{ port: number }];
  const before = activeResources();
  const heard = new Map<string, number>();
  const all = Array.from({ length: clients }, (_, id) => new Client(id, port));
  await Promise.all(all.map((client) => client.joined(1)));
  const buffered: string[] = [];
  for (let round = 1; round <= restarts; round++) {
    const underWay = all.map((client) => client.say(`${round}.${client.id}.under-way`, 1000));
    await server.stop(round % 2 === 0 ? "SIGTERM" : "SIGKILL");
    const killedAt = performance.now();
    await Promise.all(all.map((client) => client.lost()));
    count(server, heard);
    const waiting = all.flatMap((client) =>
      ["a", "b"].map((name) => {
        const id = `${round}.${client.id}.${name}`;
        buffered.push(id);
        return client.say(id, 30_000);
      }),
    );
    server = await startServer(code, port);
    await Promise.all(waiting);
    await told(server, buffered.slice(-2 * clients));
    for (const outcome of await Promise.all(underWay)) figures.underWay[outcome]++;
    figures.histograms.push(histogram(all.map((client) => client.openedAt - killedAt)));
  }
  count(server, heard);
  figures.rejoins = all.reduce((sum, client) => sum + client.joins - 1, 0);
  figures.mostOpen = Math.max(...all.map((client) => client.mostOpen));
  figures.buffered = buffered.length;
  figures.missing = buffered.filter((id) => !heard.has(id)).length;
  figures.doubled = [...heard.values()].filter((times) => times > 1).length;
  await Promise.all(all.map((client) => client.disconnect()));
  figures.resourcesLeft = await moreThan(before);
  await server.stop();
  return figures;
}

async function startServer(code: string, port: number): Promise<Program<ServerLine>> {
  const server = new Program<ServerLine>(code, [String(port), "60000"]);
  await server.line((line) => "port" in line);
  return server;
}

/** What a server prints may come after what it answers: resolves when it has printed all, or nothing more is to be hoped for. */
async function told(server: Program<ServerLine>, ids: readonly string[]): Promise<void> {
  for (const deadline = performance.now() + 120_000; performance.now() < deadline;) {
    const got = new Set(server.lines.map((line) => ("got" in line ? line.got : undefined)));
    if (ids.every((id) => got.has(id))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function count(server: Program<ServerLine>, heard: Map<string, number>): void {
  for (const line of server.lines) {
    if ("got" in line) heard.set(line.got, (heard.get(line.got) ?? 0) + 1);
  }
}

class Client {
  readonly id: number;
  joins = 0;
  openedAt = 0;
  mostOpen = 0;
  readonly #socket: Socket;
  readonly #channel: Channel;
  readonly #watchers = new Set<() => void>();

  constructor(id: number, port: number) {
    this.id = id;
    const open = new Set<WebSocket>();
    const countOpen = (): number => (this.mostOpen = Math.max(this.mostOpen, open.size));
    this.#socket = new Socket(`ws://127.0.0.1:${port}/socket`, {
      transport: class extends WebSocket {
        constructor(url: string) {
          super(url);
          this.on("open", () => (open.add(this), countOpen()));
          this.on("close", () => open.delete(this));
        }
      },
    });
    this.#socket.onOpen(() => (this.openedAt = performance.now()));
    this.#channel = this.#socket.channel("room:1");
    this.#channel.onError(() => this.#changed());
    this.#channel.join().receive("ok", () => {
      this.joins++;
      this.#changed();
    });
    this.#socket.connect();
  }

  /** Pushes; gives what became of it. Anything else than an answer or a lost connection is an error. */
  async say(id: string, timeout: number): Promise<"ok" | "closed"> {
    try {
      await this.#channel.push("say", { id }, { timeout });
      return "ok";
    } catch (error) {
      if (error instanceof PushError && error.reason === "closed") return "closed";
      throw error;
    }
  }

  joined(times: number): Promise<void> {
    return this.#until(() => this.joins >= times);
  }

  lost(): Promise<void> {
    return this.#until(() => this.#channel.state !== "joined");
  }

  disconnect(): Promise<void> {
    return new Promise((resolve) => this.#socket.disconnect(resolve));
  }

  #until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!isTrue()) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
      watch();
    });
  }

  #changed(): void {
    for (const watch of this.#watchers) watch();
  }
}

/** The largest tenth of a second of a round in the middle: a machine that stalls once bunches that round. */
export function usualRush(histograms: readonly (readonly number[])[]): number {
  const rushes = histograms.map((bins) => Math.max(...bins)).sort((a, b) => a - b);
  return rushes[Math.floor(rushes.length / 2)] ?? 0;
}

function histogram(times: readonly number[]): number[] {
  const bins: number[] = [];
  for (const time of times) {
    const bin = Math.max(0, Math.floor(time / TENTH_MS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return Array.from(bins, (many) => many ?? 0);
}

/** How many handles and timers of each kind keep this process alive. */
function activeResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What is active beyond `before`. Timers of pushes that nobody answered run out; they get the time for it. */
async function moreThan(before: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  for (const deadline = performance.now() + 60_000; ;) {
    const more = Object.entries(activeResources())
      .map(([name, many]) => [name, many - (before[name] ?? 0)] as const)
      .filter(([, many]) => many > 0);
    if (more.length === 0 || performance.now() > deadline) return Object.fromEntries(more);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
