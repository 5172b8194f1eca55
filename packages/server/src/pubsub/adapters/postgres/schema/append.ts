/** The function that stores batches of entries. */
import { channelOf, named } from "./names.ts";

/** A payload of NOTIFY has less than 8,000 bytes. */
const MAX_PAYLOAD = 7_999;
/** For how long an id is remembered at the most, in ms. */
const KEY_TTL = 600_000;
/** A log is trimmed each time that it has grown by this part of its size or bytes. */
const TRIM_PARTS = 8;

export function append(namespace: string): readonly string[] {
  const name = (called: string): string => named(namespace, called);
  const history = channelOf(namespace, "history");
  return [
    `-- Offsets must become visible in their order, and what was confirmed must survive the crash of any process of the server.
CREATE OR REPLACE FUNCTION ${name("check")}() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the history needs READ COMMITTED, and not %', upper(current_setting('transaction_isolation'));
  END IF;
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
END
$$;`,

    `-- Whether everything up to an offset that was read in a generation is still what the log has.
CREATE OR REPLACE FUNCTION ${name("on_path")}(_chain jsonb, _tag text, _off bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT count(*) FILTER (WHERE g ->> 'tag' = _tag) > 0
    AND _off <= coalesce(min((g ->> 'boundary')::bigint) FILTER (WHERE n > mine), _off)
  FROM (
    SELECT g, n, max(n) FILTER (WHERE g ->> 'tag' = _tag) OVER () AS mine
    FROM jsonb_array_elements(_chain) WITH ORDINALITY AS generations (g, n)
  ) AS chain
$$;`,

    `-- The offsets of a batch that is stored already. Null: it is not. Empty: nobody knows.
CREATE OR REPLACE FUNCTION ${name("find")}(_log ${name("topic")}, _batch jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  _known jsonb := _batch -> 'known';
  _is_on_path boolean := coalesce(_known ->> 'lineage' = _log.lineage
    AND ${name("on_path")}(_log.chain, _known ->> 'tag', (_known ->> 'offset')::bigint), false);
  _since bigint := CASE WHEN _is_on_path THEN (_known ->> 'offset')::bigint ELSE 0 END;
  _entries jsonb := _batch -> 'entries';
  _stored jsonb;
  _entry jsonb;
  _off bigint;
  _later bigint;
  _offs bigint[] := '{}';
  _found integer := 0;
BEGIN
  SELECT jsonb_object_agg(seq, off) INTO _stored FROM ${name("entry")}
    WHERE topic = _log.topic AND off > _since AND producer = _batch ->> 'producer'
      AND seq BETWEEN (_entries -> 0 ->> 1)::bigint AND (_entries -> -1 ->> 1)::bigint;
  FOR _index IN REVERSE jsonb_array_length(_entries) - 1 .. 0 LOOP
    _entry := _entries -> _index;
    _off := _stored -> (_entry ->> 1);
    IF _off IS NULL THEN
      SELECT off INTO _off FROM ${name("key")}
        WHERE topic = _log.topic AND key = _entry ->> 3 AND until > clock_timestamp();
    ELSE
      _later := _off;
    END IF;
    IF _off IS NOT NULL THEN
      _found := _found + 1;
    ELSIF _later IS NOT NULL THEN
      -- A batch is stored whole: this one is trimmed already.
      _later := _later - 1;
      _off := _later;
      _found := _found + 1;
    END IF;
    _offs := _off || _offs;
  END LOOP;
  IF _found = jsonb_array_length(_entries) THEN
    RETURN _offs;
  END IF;
  IF _stored IS NULL AND (NOT (_batch -> 'isRepeat')::boolean OR _is_on_path AND _since + 1 >= coalesce(
    (SELECT off FROM ${name("entry")} WHERE topic = _log.topic ORDER BY off LIMIT 1), _log.top + 1))
  THEN
    RETURN NULL;
  END IF;
  RETURN '{}';
END
$$;`,

    `-- Stores a batch: { topic, size, ttl, maxBytes, producer, entries: [[event, seq, sender, id, text, base64]], known, isRepeat }.
-- "_tell": 2 notifies of entries, 1 of topics, 0 of nothing.
CREATE OR REPLACE FUNCTION ${name("append_one")}(_batch jsonb, _tell integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _log ${name("topic")} := ${name("open")}(_batch ->> 'topic');
  _tag text := _log.chain -> -1 ->> 'tag';
  _at timestamptz := date_trunc('milliseconds', clock_timestamp());
  _size bigint := _batch -> 'size';
  _ttl bigint := CASE WHEN jsonb_typeof(_batch -> 'ttl') = 'number' THEN (_batch -> 'ttl')::bigint END;
  _max_bytes bigint := _batch -> 'maxBytes';
  _old_top bigint := _log.top;
  _old_bytes bigint := _log.bytes;
  _entry jsonb;
  _bytes bytea;
  _off bigint;
  _offs bigint[] := '{}';
  _payload text;
  _must_read boolean := _tell = 1;
  _cut bigint;
BEGIN
  IF (_batch -> 'isRepeat')::boolean OR coalesce((_batch -> 'known' ->> 'offset')::bigint, 0) < _log.top THEN
    _offs := ${name("find")}(_log, _batch);
    IF _offs IS NOT NULL THEN
      RETURN CASE WHEN cardinality(_offs) = 0 THEN '"unknown"' ELSE jsonb_build_object('lineage', _log.lineage,
        'chain', _log.chain, 'top', _log.top, 'at', round(extract(epoch FROM _at) * 1000), 'offsets', to_jsonb(_offs)) END;
    END IF;
    _offs := '{}';
  END IF;
  IF _log.kept_from < _at - _log.ttl * interval '1 ms' THEN
    PERFORM ${name("trim")}(_log.topic);
  END IF;
  FOR _entry IN SELECT value FROM jsonb_array_elements(_batch -> 'entries') LOOP
    _off := NULL;
    IF _entry ->> 3 IS NOT NULL THEN
      SELECT off INTO _off FROM ${name("key")} WHERE topic = _log.topic AND key = _entry ->> 3 AND until > _at;
    END IF;
    IF _off IS NULL THEN
      _log.top := _log.top + 1;
      _off := _log.top;
      _bytes := decode(_entry ->> 5, 'base64');
      INSERT INTO ${name("entry")} (topic, off, tag, at, event, body, bytes, sender, producer, seq, before)
        VALUES (_log.topic, _off, _tag, _at, _entry ->> 0, _entry ->> 4, _bytes, _entry ->> 2,
          _batch ->> 'producer', (_entry ->> 1)::bigint, _log.bytes);
      _log.bytes := _log.bytes + coalesce(octet_length(_bytes), octet_length(_entry ->> 4));
      IF _entry ->> 3 IS NOT NULL THEN
        INSERT INTO ${name("key")} (topic, key, off, until)
          VALUES (_log.topic, _entry ->> 3, _off, _at + least(_ttl, ${KEY_TTL}) * interval '1 ms')
          ON CONFLICT (topic, key) DO UPDATE SET off = excluded.off, until = excluded.until;
      END IF;
      IF _tell = 2 THEN
        _payload := concat_ws(E'\\n', 'entry', _log.topic, _log.lineage, _tag, _off, round(extract(epoch FROM _at) * 1000),
          _entry ->> 0, _entry ->> 2, _batch ->> 'producer', _entry ->> 1,
          CASE WHEN _bytes IS NULL THEN 'text' ELSE 'base64' END, coalesce(_entry ->> 4, _entry ->> 5));
        IF octet_length(_payload) <= ${MAX_PAYLOAD} THEN
          PERFORM pg_notify('${history}', _payload);
        ELSE
          _must_read := true;
        END IF;
      END IF;
    END IF;
    _offs := _offs || _off;
  END LOOP;
  IF _must_read AND _log.top > _old_top THEN
    PERFORM pg_notify('${history}', concat_ws(E'\\n', 'moved', _log.topic, _log.lineage, _tag, _log.top));
  END IF;
  UPDATE ${name("topic")} SET top = _log.top, bytes = _log.bytes, size = _size, ttl = _ttl, max_bytes = _max_bytes,
    kept_from = coalesce(kept_from, _at), touched = _at
    WHERE topic = _log.topic;
  IF _log.top / (_size / ${TRIM_PARTS} + 1) > _old_top / (_size / ${TRIM_PARTS} + 1)
    OR _log.bytes / (_max_bytes / ${TRIM_PARTS} + 1) > _old_bytes / (_max_bytes / ${TRIM_PARTS} + 1)
  THEN
    PERFORM ${name("trim")}(_log.topic);
  END IF;
  RETURN jsonb_build_object('lineage', _log.lineage, 'chain', _log.chain, 'top', _log.top,
    'at', round(extract(epoch FROM _at) * 1000), 'offsets', to_jsonb(_offs));
END
$$;`,

    `-- Stores batches of several topics, in an order in which two such calls cannot wait for each other. The answers are in the
-- order of the batches.
CREATE OR REPLACE FUNCTION ${name("append")}(_batches jsonb, _tell integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _answers jsonb[];
  _row record;
BEGIN
  PERFORM ${name("check")}();
  FOR _row IN
    SELECT batch, n FROM jsonb_array_elements(_batches) WITH ORDINALITY AS given (batch, n)
    ORDER BY (batch ->> 'topic') COLLATE "C", n
  LOOP
    _answers[_row.n] := ${name("append_one")}(_row.batch, _tell);
  END LOOP;
  RETURN to_jsonb(_answers);
END
$$;`,
  ];
}
