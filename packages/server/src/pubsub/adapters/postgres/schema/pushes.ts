/** The functions of numbered pushes. Each call locks the row of its line first. */
import { KEPT_REPLIES } from "../../../pushes/store.ts";
import { named } from "./names.ts";

/** Epochs that a line remembers, besides its own. */
const MOST_EPOCHS = 8;

export function pushes(namespace: string): readonly string[] {
  const name = (called: string): string => named(namespace, called);
  const until = `clock_timestamp() + _window * interval '1 ms'`;
  // Not at each call: an index is written anew when its column changes.
  const sweepAt = `CASE WHEN sweep_at < ${until} THEN clock_timestamp() + _window * interval '1.1 ms' ELSE sweep_at END`;
  const renewed = `until = ${until}, sweep_at = ${sweepAt}`;
  return [
    `-- Locks a line up to the end of the transaction. Nulls: there is none. On a new timeline of the server its newest pushes may be
-- missing: a new epoch begins.
CREATE OR REPLACE FUNCTION ${name("find_line")}(_record text) RETURNS ${name("line")} LANGUAGE plpgsql AS $$
DECLARE
  _line ${name("line")};
  _timeline text := ${name("timeline")}();
BEGIN
  SELECT * INTO _line FROM ${name("line")} WHERE record = _record AND until > clock_timestamp() FOR NO KEY UPDATE;
  IF _line.timeline <> _timeline THEN
    UPDATE ${name("line")}
      SET epoch = ${name("random")}(), earlier = (epoch || earlier)[1:${MOST_EPOCHS}], timeline = _timeline
      WHERE record = _record RETURNING * INTO _line;
  END IF;
  RETURN _line;
END
$$;`,

    `-- Where a line stands; it is made when there is none. "_next" is the number that its client will use next.
CREATE OR REPLACE FUNCTION ${name("open_line")}(_record text, _next bigint, _window bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _line ${name("line")};
BEGIN
  LOOP
    _line := ${name("find_line")}(_record);
    IF _line.record IS NOT NULL THEN
      _line.last := greatest(_line.last, _next - 1);
      UPDATE ${name("line")} SET last = _line.last, ${renewed} WHERE record = _record;
      EXIT;
    END IF;
    INSERT INTO ${name("line")} AS line (record, epoch, timeline, last, until, sweep_at)
      VALUES (_record, ${name("random")}(), ${name("timeline")}(), _next - 1, ${until}, ${until})
      ON CONFLICT (record) DO UPDATE SET epoch = excluded.epoch, earlier = '{}', timeline = excluded.timeline,
        last = excluded.last, until = excluded.until, sweep_at = excluded.sweep_at
      WHERE line.until <= clock_timestamp()
      RETURNING * INTO _line;
    IF FOUND THEN
      DELETE FROM ${name("push")} WHERE record = _record;
      EXIT;
    END IF;
  END LOOP;
  RETURN jsonb_build_object('epoch', _line.epoch, 'last', _line.last);
END
$$;`,

    `-- Claims a number of a line: { record, n, epoch, acked, token, over, attempt, window }.
CREATE OR REPLACE FUNCTION ${name("claim_push")}(_claim jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _line ${name("line")} := ${name("find_line")}(_claim ->> 'record');
  _push ${name("push")};
  _n bigint := _claim -> 'n';
  _window bigint := _claim -> 'window';
  _answer jsonb := '{"state":"claimed"}';
BEGIN
  IF _line.record IS NULL THEN
    RETURN '{"state":"epoch"}';
  END IF;
  IF _claim ->> 'epoch' = ANY (_line.epoch || _line.earlier) THEN
    -- Forgotten, as those are whose slots are used again.
    UPDATE ${name("push")} SET reply = NULL, token = '', is_settled = true
      WHERE record = _line.record AND n <= least((_claim -> 'acked')::bigint, _n - 1) AND token <> '';
  END IF;
  IF _claim ->> 'epoch' <> ALL (_line.epoch || _line.earlier) THEN
    _answer := '{"state":"epoch"}';
  ELSIF _n <= _line.last THEN
    SELECT * INTO _push FROM ${name("push")}
      WHERE record = _line.record AND slot = _n % ${KEPT_REPLIES} AND n = _n AND n > _line.last - ${KEPT_REPLIES};
    IF _push.n IS NULL OR _push.is_settled THEN
      _answer := jsonb_strip_nulls(jsonb_build_object('state', 'settled', 'reply', _push.reply));
    ELSIF _push.token = _claim ->> 'token' THEN
      -- Its answer was lost.
    ELSIF _push.token = _claim ->> 'over' THEN
      UPDATE ${name("push")} SET token = _claim ->> 'token', attempt = (_claim -> 'attempt')::integer
        WHERE record = _push.record AND slot = _push.slot;
    ELSE
      _answer := jsonb_build_object('state', 'running',
        'holder', jsonb_build_object('token', _push.token, 'attempt', _push.attempt));
    END IF;
  ELSIF _claim ->> 'epoch' <> _line.epoch THEN
    _answer := '{"state":"epoch"}';
  ELSIF _n > _line.last + 1 THEN
    _answer := jsonb_build_object('state', 'order', 'next', _line.last + 1);
  ELSE
    _line.last := _n;
    INSERT INTO ${name("push")} (record, slot, n, token, attempt)
      VALUES (_line.record, _n % ${KEPT_REPLIES}, _n, _claim ->> 'token', (_claim -> 'attempt')::integer)
      ON CONFLICT (record, slot) DO UPDATE
      SET n = excluded.n, token = excluded.token, attempt = excluded.attempt, is_settled = false, reply = NULL;
  END IF;
  UPDATE ${name("line")} SET last = _line.last, ${renewed} WHERE record = _line.record;
  RETURN _answer;
END
$$;`,

    `-- Settles a number that is held under this token: { record, n, token, reply, window }. A repetition has the same result; another
-- result comes too late.
CREATE OR REPLACE FUNCTION ${name("settle_push")}(_settlement jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _line ${name("line")} := ${name("find_line")}(_settlement ->> 'record');
  _push ${name("push")};
  _n bigint := _settlement -> 'n';
  _window bigint := _settlement -> 'window';
  _reply text := _settlement ->> 'reply';
BEGIN
  IF _line.record IS NULL THEN
    RETURN 'false';
  END IF;
  UPDATE ${name("line")} SET ${renewed} WHERE record = _line.record;
  SELECT * INTO _push FROM ${name("push")}
    WHERE record = _line.record AND slot = _n % ${KEPT_REPLIES} AND n = _n AND n > _line.last - ${KEPT_REPLIES}
      AND token = _settlement ->> 'token';
  IF _push.is_settled THEN
    RETURN to_jsonb(_push.reply IS NOT DISTINCT FROM _reply);
  END IF;
  UPDATE ${name("push")} SET is_settled = true, reply = _reply WHERE record = _push.record AND slot = _push.slot;
  RETURN to_jsonb(FOUND);
END
$$;`,

    `-- Runs calls, in an order in which two such transactions cannot wait for each other: [{ call, record, … }]. Those of one line
-- stay in order. The answers are in the order of the calls.
CREATE OR REPLACE FUNCTION ${name("pushes")}(_calls jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _answers jsonb[];
  _row record;
BEGIN
  PERFORM ${name("check")}();
  FOR _row IN
    SELECT call, n FROM jsonb_array_elements(_calls) WITH ORDINALITY AS given (call, n)
    ORDER BY (call ->> 'record') COLLATE "C", n
  LOOP
    _answers[_row.n] := CASE _row.call ->> 'call'
      WHEN 'open' THEN ${name("open_line")}(
        _row.call ->> 'record', (_row.call -> 'next')::bigint, (_row.call -> 'window')::bigint)
      WHEN 'claim' THEN ${name("claim_push")}(_row.call)
      ELSE ${name("settle_push")}(_row.call) END;
  END LOOP;
  RETURN to_jsonb(_answers);
END
$$;`,
  ];
}
