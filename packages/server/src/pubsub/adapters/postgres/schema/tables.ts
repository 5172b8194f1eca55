/** The tables of the history, of numbered pushes and of `once`. */
import { named } from "./names.ts";

/** Tables whose rows come and go: PostgreSQL's defaults would clean them too rarely. */
const CLEANED_OFTEN = "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000";

export function tables(namespace: string, unlogged: boolean): readonly string[] {
  const name = (table: string): string => named(namespace, table);
  const create = unlogged ? "CREATE UNLOGGED TABLE" : "CREATE TABLE";
  return [
    `-- A log for each topic. "identity" names the life of the server in which the newest generation began; "bytes" counts all
-- bodies ever stored; "kept_from" is the time of the oldest entry, null without one; "size", "ttl" (ms, null: for ever) and
-- "max_bytes" are the rule of the last append.
${create} IF NOT EXISTS ${name("topic")} (
  topic text COLLATE "C" PRIMARY KEY,
  lineage text NOT NULL,
  identity text NOT NULL,
  chain jsonb NOT NULL,
  top bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  size bigint,
  ttl bigint,
  max_bytes bigint,
  kept_from timestamptz,
  touched timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70, ${CLEANED_OFTEN});`,

    `-- "body" or "bytes": text or binary. "before": bytes of all bodies that were stored before it.
${create} IF NOT EXISTS ${name("entry")} (
  topic text COLLATE "C" NOT NULL,
  off bigint NOT NULL,
  tag text NOT NULL,
  at timestamptz NOT NULL,
  event text NOT NULL,
  body text,
  bytes bytea,
  sender text NOT NULL,
  producer text NOT NULL,
  seq bigint NOT NULL,
  before bigint NOT NULL,
  PRIMARY KEY (topic, off),
  CHECK ((body IS NULL) <> (bytes IS NULL))
) WITH (${CLEANED_OFTEN});`,

    `-- The ids of messages, so that a repeated one is not stored again.
${create} IF NOT EXISTS ${name("key")} (
  topic text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  off bigint NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (topic, key)
) WITH (${CLEANED_OFTEN});
CREATE INDEX IF NOT EXISTS ${name("key_until")} ON ${name("key")} (until);`,

    `-- What transactions have published, until it is moved to the log. Without a rule, that of the topic's last append holds.
CREATE TABLE IF NOT EXISTS ${name("outbox")} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text COLLATE "C" NOT NULL,
  event text NOT NULL,
  body text,
  bytes bytea,
  key text,
  size bigint,
  ttl bigint,
  max_bytes bigint,
  CHECK ((body IS NULL) <> (bytes IS NULL))
) WITH (${CLEANED_OFTEN});`,

    `-- Numbered pushes: a line for the pushes of one session on one topic. "timeline" is that of the server in which the epoch
-- began: a promoted standby has another one; "earlier" are the epochs before it. Over is its time at "until"; "sweep_at" is later.
CREATE TABLE IF NOT EXISTS ${name("line")} (
  record text COLLATE "C" PRIMARY KEY,
  epoch text NOT NULL,
  earlier text[] NOT NULL DEFAULT '{}',
  timeline text NOT NULL,
  last bigint NOT NULL,
  until timestamptz NOT NULL,
  sweep_at timestamptz NOT NULL
) WITH (fillfactor = 70, ${CLEANED_OFTEN});
CREATE INDEX IF NOT EXISTS ${name("line_sweep_at")} ON ${name("line")} (sweep_at);`,

    `-- The last pushes of a line. The slots are used in turn: a row is written again and again, and none is deleted for each push.
CREATE TABLE IF NOT EXISTS ${name("push")} (
  record text COLLATE "C" NOT NULL,
  slot smallint NOT NULL,
  n bigint NOT NULL,
  token text NOT NULL,
  attempt integer NOT NULL,
  is_settled boolean NOT NULL DEFAULT false,
  reply text,
  PRIMARY KEY (record, slot)
) WITH (fillfactor = 70, ${CLEANED_OFTEN});`,

    once(namespace),
  ];
}

/** The table of `once`: also for databases without a history. */
export function once(namespace: string): string {
  const name = (table: string): string => named(namespace, table);
  return `-- What transactions of the application have done once, by key: the reply, null while the transaction is under way.
CREATE TABLE IF NOT EXISTS ${name("once")} (
  key text COLLATE "C" PRIMARY KEY,
  reply text,
  at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX IF NOT EXISTS ${name("once_at")} ON ${name("once")} (at);`;
}
