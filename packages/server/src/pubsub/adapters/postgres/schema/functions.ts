/** The functions of the history and of numbered pushes. Variables begin with `_`, so that none has the name of a column. */
import { MOST_GENERATIONS } from "../../../history/position.ts";
import { append } from "./append.ts";
import { channelOf, named } from "./names.ts";
import { pushes } from "./pushes.ts";
import { upkeep } from "./upkeep.ts";

export function functions(namespace: string): readonly string[] {
  const name = (called: string): string => named(namespace, called);
  return [
    `-- Another one when a standby was promoted, or a backup restored. An error on a standby.
CREATE OR REPLACE FUNCTION ${name("timeline")}() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)
$$;`,

    `-- Names the life of the server: another one after a restart, a failover or a restored backup.
CREATE OR REPLACE FUNCTION ${name("life")}() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT ${name("timeline")}() || '.' || extract(epoch FROM pg_postmaster_start_time())
$$;`,

    `-- For how long a topic that nobody uses is remembered.
CREATE OR REPLACE FUNCTION ${name("memory")}(_ttl bigint) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(interval '24 hours', coalesce(least(_ttl, 315360000000), 0) * interval '10 ms')
$$;`,

    `CREATE OR REPLACE FUNCTION ${name("random")}() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT left(replace(gen_random_uuid()::text, '-', ''), 12)
$$;`,

    `-- Text of others as the tables have it: without line breaks, which separate the fields of a notification.
CREATE OR REPLACE FUNCTION ${name("plain")}(_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT replace(replace(_text, '\\', '\\u005c'), E'\\n', '\\u000a')
$$;`,

    `-- Locks the log of a topic up to the end of the transaction; it is made when there is none. A new life of the server begins
-- a new generation: from the entry after the newest one that has survived.
CREATE OR REPLACE FUNCTION ${name("open")}(_topic text) RETURNS ${name("topic")} LANGUAGE plpgsql AS $$
DECLARE
  _log ${name("topic")};
  _life text := ${name("life")}();
BEGIN
  LOOP
    SELECT * INTO _log FROM ${name("topic")} WHERE topic = _topic FOR NO KEY UPDATE;
    EXIT WHEN FOUND;
    INSERT INTO ${name("topic")} (topic, lineage, identity, chain)
      VALUES (_topic, ${name("random")}(), _life,
        jsonb_build_array(jsonb_build_object('tag', ${name("random")}(), 'boundary', 0)))
      ON CONFLICT DO NOTHING;
    IF FOUND THEN
      -- Of a log whose row somebody has removed by hand.
      DELETE FROM ${name("entry")} WHERE topic = _topic;
      DELETE FROM ${name("key")} WHERE topic = _topic;
    END IF;
  END LOOP;
  IF _log.identity <> _life THEN
    IF jsonb_array_length(_log.chain) >= ${MOST_GENERATIONS} THEN
      _log.chain := _log.chain - 0;
    END IF;
    _log.chain := _log.chain || jsonb_build_object('tag', ${name("random")}(), 'boundary', _log.top);
    UPDATE ${name("topic")} SET chain = _log.chain, identity = _life WHERE topic = _topic;
  END IF;
  IF _log.touched < now() - ${name("memory")}(_log.ttl) / 2 THEN
    UPDATE ${name("topic")} SET touched = now() WHERE topic = _topic;
  END IF;
  RETURN _log;
END
$$;`,

    ...append(namespace),

    `-- A log and its entries, at one moment. Null when it has to be opened first.
CREATE OR REPLACE FUNCTION ${name("read")}(
  _topic text, _size bigint, _ttl bigint, _max_bytes bigint, _after bigint, _limit bigint
) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
  _log ${name("topic")};
  _oldest bigint;
  _entries json;
BEGIN
  SELECT * INTO _log FROM ${name("topic")} WHERE topic = _topic
    AND identity = ${name("life")}() AND touched >= now() - ${name("memory")}(ttl) / 2;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT off INTO _oldest FROM ${name("entry")}
    WHERE topic = _topic AND off > _log.top - _size AND before >= _log.bytes - _max_bytes
      AND (_ttl IS NULL OR at > clock_timestamp() - _ttl * interval '1 ms')
    ORDER BY off LIMIT 1;
  _oldest := coalesce(_oldest, _log.top + 1);
  SELECT json_agg(json_build_array(
      off, tag, round(extract(epoch FROM at) * 1000), event, sender, producer, seq, body, encode(bytes, 'base64')
    ) ORDER BY off) INTO _entries
  FROM (
    SELECT * FROM ${name("entry")}
    WHERE topic = _topic AND off >= greatest(_oldest, coalesce(_after + 1, _log.top - _limit + 1))
    ORDER BY off LIMIT _limit
  ) AS kept;
  RETURN json_build_object('lineage', _log.lineage, 'chain', _log.chain, 'top', _log.top,
    'oldest', _oldest, 'entries', coalesce(_entries, '[]'));
END
$$;`,

    `-- Where the logs of topics stand, for those that have one.
CREATE OR REPLACE FUNCTION ${name("heads")}(_topics text[]) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  _topic text;
BEGIN
  PERFORM ${name("check")}();
  FOR _topic IN
    SELECT topic FROM ${name("topic")} WHERE topic = ANY (_topics)
      AND (identity <> ${name("life")}() OR touched < now() - ${name("memory")}(ttl) / 2)
    ORDER BY topic
  LOOP
    PERFORM ${name("open")}(_topic);
  END LOOP;
  RETURN (
    SELECT json_object_agg(topic, json_build_object('lineage', lineage, 'chain', chain, 'top', top))
    FROM ${name("topic")} WHERE topic = ANY (_topics)
  );
END
$$;`,

    `-- Removes a log, and tells everybody. Returns whether there was one.
CREATE OR REPLACE FUNCTION ${name("clear")}(_topic text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _was_there boolean;
BEGIN
  PERFORM ${name("check")}();
  DELETE FROM ${name("topic")} WHERE topic = _topic;
  _was_there := FOUND;
  DELETE FROM ${name("entry")} WHERE topic = _topic;
  DELETE FROM ${name("key")} WHERE topic = _topic;
  PERFORM pg_notify('${channelOf(namespace, "history")}', 'moved' || E'\\n' || _topic);
  RETURN _was_there;
END
$$;`,

    ...pushes(namespace),
    ...upkeep(namespace),
  ];
}
