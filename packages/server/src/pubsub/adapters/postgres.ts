/**
 * `wingbeat/pubsub/postgres`: nodes connected through PostgreSQL's LISTEN and NOTIFY, with pg. For applications that
 * already use PostgreSQL and do not send much: every commit with a NOTIFY takes a lock on the whole server.
 *
 * All nodes listen to one channel for broadcasts, `<namespace>`, and each to its own, `<namespace>:<hash of its name>`,
 * in the database of the connection. A notification is text of less than 8,000 bytes: messages are sent as base64, and
 * those above 5,997 bytes in parts. The alternative, a table for long messages, would need a schema, permissions and
 * cleanup. Messages sent while a query is running go in the next one, in one transaction.
 *
 * @example
 * postgresAdapter({ connect: () => new pg.Client("postgres://127.0.0.1/app") })
 */
import { createHash } from "node:crypto";
import { WingbeatError } from "../../errors.ts";
import { checkKeys } from "../../options.ts";
import type { PubSubAdapter } from "../adapter.ts";
import type { HistoryStore } from "../history/store.ts";
import type { Engine, EngineConnection, EngineEvents, Parcel } from "../remote/engine.ts";
import { ENGINE_OPTIONS, engineAdapter, namespaceOf } from "../remote/engine-adapter.ts";
import type { EngineOptions } from "../remote/engine-adapter.ts";
import { close } from "./postgres/client.ts";
import type { PostgresClient } from "./postgres/client.ts";
import { postgresHistory } from "./postgres/history.ts";

export type { EngineOptions } from "../remote/engine-adapter.ts";
export type { HistoryStore } from "../history/store.ts";
export type { PostgresClient } from "./postgres/client.ts";
export { postgresHistory } from "./postgres/history.ts";
export type { PostgresHistoryOptions } from "./postgres/history.ts";

export interface PostgresAdapterOptions extends EngineOptions {
  /**
   * Creates a client. Called each time the adapter connects; the adapter closes it. It must connect to PostgreSQL
   * directly or through a pooler in session mode: in transaction mode, LISTEN is lost.
   */
  readonly connect: () => PostgresClient;
}

/** A payload has at most 7,999 bytes; base64 turns 3 bytes into 4. */
const MAX_BYTES = Math.floor(7_999 / 4) * 3;
const NOTIFY = "SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS message (channel, payload)";

/** The adapter, and what keeps history in the same database: same `connect` and namespace. */
export interface PostgresAdapter extends PubSubAdapter {
  history(): HistoryStore;
}

/** Adapter over PostgreSQL. Throws `WB_OPTION`. */
export function postgresAdapter(options: PostgresAdapterOptions): PostgresAdapter {
  checkKeys("postgresAdapter", options, [...ENGINE_OPTIONS, "connect"]);
  if (typeof options.connect !== "function") {
    throw new WingbeatError(
      "WB_OPTION",
      "postgresAdapter.connect must be a function: connect: () => new pg.Client(url).",
    );
  }
  const { connect, secret } = options;
  const namespace = namespaceOf("postgresAdapter", options);
  const adapter = engineAdapter("postgresAdapter", postgresEngine(namespace, connect), options);
  let history: HistoryStore | undefined = undefined;
  return Object.assign(adapter, {
    // A secret says that others may connect to the database: they must neither read nor write what is stored.
    history: () =>
      (history ??= postgresHistory({ connect, namespace, fanOut: secret === undefined ? "notify" : "topics" })),
  });
}

function postgresEngine(namespace: string, connect: () => PostgresClient): Engine {
  // Channel names have at most 63 bytes.
  const toNode = (nodeName: string): string =>
    `${namespace}:${createHash("sha256").update(nodeName).digest("base64url").slice(0, 22)}`;
  const channelOf = ({ node }: Parcel): string => (node === undefined ? namespace : toNode(node));
  return {
    name: "postgres",
    advice: "check that there is no pooler in transaction mode, which loses LISTEN",
    streams: 1,
    parallel: 1,
    connect: (nodeName: string, events: EngineEvents): EngineConnection => {
      const client = connect();
      return {
        ready: open(client, [namespace, toNode(nodeName)], events),
        maxBytes: MAX_BYTES,
        send: (parcels) =>
          client.query(NOTIFY, [parcels.map(channelOf), parcels.map(({ bytes }) => bytes.toString("base64"))]),
        close: () => close(client),
      };
    },
  };
}

async function open(client: PostgresClient, channels: readonly string[], events: EngineEvents): Promise<void> {
  client.on("error", (error) => events.lost(error));
  client.on("end", () => events.lost(new Error("PostgreSQL closed the connection")));
  client.on("notification", ({ payload }) => events.receive(Buffer.from(String(payload ?? ""), "base64")));
  await client.connect();
  for (const channel of channels) await client.query(`LISTEN "${channel}"`);
}
