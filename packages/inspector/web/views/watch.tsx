import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { FrameList } from "../parts/frame-list.tsx";
import { Search } from "../parts/search.tsx";
import type { TapTarget } from "../contract.ts";
import { count, plural } from "../format.ts";
import { NOTHING_SEEN, passes } from "../live/tap-log.ts";
import type { TapFilter, TapLog } from "../live/tap-log.ts";
import { useTap } from "../live/use-tap.ts";
import type { Tap } from "../live/use-tap.ts";

/** So many lines are drawn; the filter looks at all that are kept. */
const MAX_LINES = 300;

const ENDS: Readonly<Record<string, string>> = {
  "time is over": "The tap has ended after its five minutes.",
  gone: "What was watched is gone: the connection has ended.",
  closing: "The node is stopping.",
};

export function Watch({ target, mayReveal }: { readonly target: TapTarget; readonly mayReveal: boolean }) {
  const [reveal, setReveal] = useState(false);
  const [paused, setPaused] = useState<TapLog | null>(null);
  const [filter, setFilter] = useState<TapFilter>({ text: "", direction: "both" });
  const tap = useTap(target, reveal);
  const log = paused ?? tap.log;
  const matching = log.frames.filter((frame) => passes(frame, filter));
  const lines = matching.slice(-MAX_LINES);
  const pause = (): void => setPaused(paused === null ? tap.log : null);
  return (
    <>
      <div className="tools tap-tools">
        <button type="button" className="button" aria-pressed={paused !== null} onClick={pause}>
          {paused === null ? "Pause" : `Continue (${count(tap.log.seen - paused.seen)} more)`}
        </button>
        <fieldset className="choice">
          <legend>Direction</legend>
          {(["both", "in", "out"] as const).map((direction) => (
            <button
              key={direction}
              type="button"
              aria-pressed={filter.direction === direction}
              onClick={() => setFilter({ ...filter, direction })}
            >
              {direction}
            </button>
          ))}
        </fieldset>
        <Search label="Contains" value={filter.text} onSearch={(text) => setFilter({ ...filter, text })} />
        <button
          type="button"
          className="button"
          onClick={() => {
            tap.clear();
            setPaused((held) => held && NOTHING_SEEN);
          }}
        >
          Clear
        </button>
        <label className="check">
          <input
            type="checkbox"
            checked={reveal}
            disabled={!mayReveal}
            onChange={(event) => setReveal(event.target.checked)}
          />
          Show payloads
        </label>
      </div>
      <Ended tap={tap} />
      <p className="note">
        <span>{tap.watching ? "Watching. " : ""}</span>
        {plural(log.seen, "message")}
        {matching.length < log.frames.length && `, ${count(matching.length)} match`}
        {lines.length < matching.length && `, the last ${count(lines.length)} are shown`}
        {log.dropped > 0 && `, ${count(log.dropped)} left out because there were too many`}.{" "}
        {mayReveal
          ? "Revealing payloads is written to the audit; they are filtered as the logger filters them."
          : "You see the shapes of payloads: the server’s authorize did not give you “payloads”."}
      </p>
      <Stream following={paused === null}>
        {lines.length === 0 ? (
          <p className="empty">{nothing(tap, log)}</p>
        ) : (
          <FrameList label="Messages" frames={lines} pairs={log.pairs} />
        )}
      </Stream>
    </>
  );
}

function nothing(tap: Tap, log: TapLog): string {
  if (log.frames.length > 0) return "No message matches the filter.";
  if (tap.error !== undefined || tap.ended !== null) return "Nothing was seen.";
  return tap.watching ? "Nothing yet: no message of it has come since you watch." : "Asking the nodes…";
}

function Ended({ tap: { ended, error, restart } }: { readonly tap: Tap }) {
  if (ended !== null) {
    return (
      <p className="alert warn" role="alert">
        {ENDS[ended] ?? ended}{" "}
        <button type="button" className="link" onClick={restart}>
          Watch again
        </button>
      </p>
    );
  }
  if (error === undefined || error.reason === "closed") return null;
  const said = (error.response as { readonly reason?: unknown } | null | undefined)?.reason;
  return (
    <p className="alert" role="alert">
      {said === "not allowed" ? "You may not see payloads." : `The server does not let you watch it: ${error.message}`}
    </p>
  );
}

/** Follows the newest line, unless somebody has scrolled up. */
function Stream({ following, children }: { readonly following: boolean; readonly children: React.ReactNode }) {
  const room = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const { current } = room;
    if (following && atEnd.current && current !== null) current.scrollTop = current.scrollHeight;
  });
  useEffect(() => {
    if (following) atEnd.current = true;
  }, [following]);
  return (
    <div
      ref={room}
      className="stream"
      role="region"
      aria-label="Messages"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      {children}
    </div>
  );
}
