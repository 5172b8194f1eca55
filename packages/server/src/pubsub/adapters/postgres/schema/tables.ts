/** The tables of the history. */
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
  ];
}
