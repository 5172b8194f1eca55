/** The connections of one node. */
import type { Endpoint } from "../../endpoint.ts";
import type { SocketProcess } from "../../socket/process.ts";
import { First } from "../counts/first.ts";
import { MAX_ROWS } from "../model.ts";
import type { ConnectionDetail, ConnectionRow, Connections, ConnectionsQuery, Pressure } from "../model.ts";
import { channelRow, connectionRow, Keys } from "./rows.ts";

/** So many channels of one connection are shown, and so many rows of each list of what is slow. */
const MAX_CHANNELS = 200;
const MAX_SLOW = 50;

interface Found {
  readonly path: string;
  readonly process: SocketProcess;
}

const ORDERS: Readonly<Record<NonNullable<ConnectionsQuery["sort"]>, (a: Found, b: Found) => number>> = {
  newest: (a, b) => b.process.connectedAt - a.process.connectedAt,
  buffered: (a, b) => b.process.connection.bufferedBytes - a.process.connection.bufferedBytes,
  channels: (a, b) => b.process.channels - a.process.channels,
};

export class NodeConnections {
  readonly #node: string;
  readonly #endpoint: Endpoint;
  readonly keys = new Keys();

  constructor(node: string, endpoint: Endpoint) {
    this.#node = node;
    this.#endpoint = endpoint;
  }

  *all(): Iterable<Found> {
    for (const { path, processes } of this.#endpoint.inside().mounts) {
      for (const process of processes) yield { path, process };
    }
  }

  row({ path, process }: Found): ConnectionRow {
    return connectionRow(this.#node, this.keys.of(process), path, process);
  }

  /** The path of a connection; undefined: it has ended. */
  find(process: SocketProcess): Found | undefined {
    const mount = this.#endpoint.inside().mounts.find(({ processes }) => processes.has(process));
    return mount && { path: mount.path, process };
  }

  byKey(key: number): Found | undefined {
    for (const found of this.all()) if (this.keys.isOf(found.process, key)) return found;
    return undefined;
  }

  totals(): { readonly connections: number; readonly channels: number; readonly bufferedBytes: number } {
    let [connections, channels, bufferedBytes] = [0, 0, 0];
    for (const { process } of this.all()) {
      connections++;
      channels += process.channels;
      bufferedBytes += process.connection.bufferedBytes;
    }
    return { connections, channels, bufferedBytes };
  }

  list({ id: start = "", sort = "newest" }: ConnectionsQuery): Connections {
    const first = new First<Found>(MAX_ROWS, ORDERS[sort] ?? ORDERS.newest);
    let total = 0;
    for (const found of this.all()) {
      if (start !== "" && found.process.id?.startsWith(start) !== true) continue;
      total++;
      first.add(found);
    }
    return { total, rows: first.list.map((found) => this.row(found)) };
  }

  detail(key: number): ConnectionDetail | null {
    const found = this.byKey(key);
    if (found === undefined) return null;
    const channels = found.process.listChannels().slice(0, MAX_CHANNELS);
    return { ...this.row(found), topics: channels.map((channel) => channelRow(channel)) };
  }

  pressure(): Pressure {
    const slow = new First<Found>(MAX_SLOW, ORDERS.buffered);
    const paused: Found[] = [];
    const busy = new First<{ readonly found: Found; readonly channel: ChannelOf; readonly waiting: number }>(
      MAX_SLOW,
      (a, b) => b.waiting - a.waiting,
    );
    for (const found of this.all()) {
      const { process } = found;
      if (process.connection.bufferedBytes > 0) slow.add(found);
      if (process.isPaused && paused.length < MAX_SLOW) paused.push(found);
      for (const channel of process.listChannels()) {
        const { waiting } = channel.look();
        if (waiting > 0) busy.add({ found, channel, waiting });
      }
    }
    return {
      slow: slow.list.map((found) => this.row(found)),
      paused: paused.map((found) => this.row(found)),
      busy: busy.list.map(({ found: { process }, channel }) => ({
        node: this.#node,
        key: this.keys.of(process),
        id: process.id,
        channel: channelRow(channel),
      })),
    };
  }
}

type ChannelOf = ReturnType<SocketProcess["listChannels"]>[number];
