/** The functions that move the outbox to the logs, and drop what is too old. */
import { channelOf, named } from "./names.ts";

/** The rule of a topic of which nobody has said any. */
const RULE = { size: 100, ttl: 300_000, maxBytes: 1_048_576 };

export function upkeep(namespace: string): readonly string[] {
  const name = (called: string): string => named(namespace, called);
  return [
    `-- Drops what a log has too much of. Its row is locked by the caller.
CREATE OR REPLACE FUNCTION ${name("trim")}(_topic text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  _log ${name("topic")};
  _first record;
BEGIN
  SELECT * INTO _log FROM ${name("topic")} WHERE topic = _topic;
  SELECT off, at INTO _first FROM ${name("entry")}
    WHERE topic = _topic AND off > _log.top - _log.size AND before >= _log.bytes - _log.max_bytes
      AND (_log.ttl IS NULL OR at > clock_timestamp() - _log.ttl * interval '1 ms')
    ORDER BY off LIMIT 1;
  DELETE FROM ${name("entry")} WHERE topic = _topic AND off < coalesce(_first.off, _log.top + 1);
  UPDATE ${name("topic")} SET kept_from = _first.at WHERE topic = _topic AND kept_from IS DISTINCT FROM _first.at;
END
$$;`,

    `-- Moves up to "_most" messages from the outbox to the logs, in the order of their ids, and returns how many it found. Null:
-- another process is doing it. What one transaction has published to a topic stays in order.
CREATE OR REPLACE FUNCTION ${name("move")}(_most integer, _tell integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  _ids bigint[];
  _batch jsonb;
BEGIN
  PERFORM ${name("check")}();
  IF NOT EXISTS (SELECT FROM ${name("outbox")}) THEN
    RETURN 0;
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtextextended('${channelOf(namespace, "outbox")}', 0)) THEN
    RETURN NULL;
  END IF;
  _ids := ARRAY(SELECT id FROM ${name("outbox")} ORDER BY id LIMIT _most);
  FOR _batch IN
    SELECT jsonb_build_object('topic', o.topic, 'producer', 'outbox', 'isRepeat', false, 'known', jsonb_build_object('offset', 9007199254740991),
      'size', coalesce((array_agg(o.size ORDER BY id DESC))[1], min(t.size), ${RULE.size}),
      'ttl', CASE WHEN (array_agg(o.size ORDER BY id DESC))[1] IS NOT NULL THEN (array_agg(o.ttl ORDER BY id DESC))[1]
        WHEN min(t.size) IS NOT NULL THEN min(t.ttl) ELSE ${RULE.ttl} END,
      'maxBytes', coalesce((array_agg(o.max_bytes ORDER BY id DESC))[1], min(t.max_bytes), ${RULE.maxBytes}),
      'entries', jsonb_agg(
        jsonb_build_array(o.event, o.id, '', o.key, o.body, encode(o.bytes, 'base64')) ORDER BY id))
    FROM ${name("outbox")} AS o LEFT JOIN ${name("topic")} AS t ON t.topic = o.topic
    WHERE o.id = ANY (_ids)
    GROUP BY o.topic ORDER BY o.topic
  LOOP
    PERFORM ${name("append_one")}(_batch, _tell);
  END LOOP;
  DELETE FROM ${name("outbox")} WHERE id = ANY (_ids);
  RETURN cardinality(_ids);
END
$$;`,

    `-- Publishes when the transaction that calls it commits: for programs in any language.
CREATE OR REPLACE FUNCTION ${name("publish")}(_topic text, _event text, _payload json, _id text DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO ${name("outbox")} (topic, event, body, key)
  VALUES (${name("plain")}(_topic), ${name("plain")}(_event),
    '[null,null,' || to_json(_topic) || ',' || to_json(_event) || ',' || _payload || ']', ${name("plain")}(_id))
$$;`,

    `-- Drops what is too old: up to "_most" topics at a time. Returns how many there were. Null: another process is doing it. A log
-- that somebody is using is left for the next time.
CREATE OR REPLACE FUNCTION ${name("sweep")}(_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  _log ${name("topic")};
  _count integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('${namespace}_sweep', 0)) THEN
    RETURN NULL;
  END IF;
  FOR _log IN
    SELECT * FROM ${name("topic")}
    WHERE kept_from < now() - ttl * interval '1 ms'
      OR (touched < now() - ${name("memory")}(ttl) AND (ttl IS NOT NULL OR top = 0))
    LIMIT _most FOR UPDATE SKIP LOCKED
  LOOP
    _count := _count + 1;
    IF _log.touched < now() - ${name("memory")}(_log.ttl) THEN
      DELETE FROM ${name("entry")} WHERE topic = _log.topic;
      DELETE FROM ${name("key")} WHERE topic = _log.topic;
      DELETE FROM ${name("topic")} WHERE topic = _log.topic;
    ELSE
      PERFORM ${name("trim")}(_log.topic);
    END IF;
  END LOOP;
  DELETE FROM ${name("key")} WHERE (topic, key) IN (
    SELECT topic, key FROM ${name("key")} WHERE until < now() ORDER BY until LIMIT 1000 FOR UPDATE SKIP LOCKED);
  RETURN _count;
END
$$;`,

    `-- Forgets lines whose time is over, and what was done once longer than "_once" ms ago: up to "_most" of each at a time. Returns
-- how many there were of what there was more. Null: another process is doing it.
CREATE OR REPLACE FUNCTION ${name("sweep_pushes")}(_most integer, _once bigint) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  _records text[];
  _count integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('${namespace}_sweep', 0)) THEN
    RETURN NULL;
  END IF;
  _records := ARRAY(SELECT record FROM ${name("line")} WHERE sweep_at <= now() LIMIT _most FOR UPDATE SKIP LOCKED);
  DELETE FROM ${name("push")} WHERE record = ANY (_records);
  DELETE FROM ${name("line")} WHERE record = ANY (_records);
  DELETE FROM ${name("once")} WHERE key IN (
    SELECT key FROM ${name("once")} WHERE at < now() - _once * interval '1 ms' LIMIT _most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS _count = ROW_COUNT;
  RETURN greatest(_count, cardinality(_records));
END
$$;`,
  ];
}
