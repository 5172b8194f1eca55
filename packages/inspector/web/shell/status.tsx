/** How fresh what is on the page is, and from whom. Always to be seen. */
import { useEffect, useState } from "react";
import { percent } from "../format.ts";
import { useHold } from "../live/hold.ts";
import { useOverview } from "../live/overview.tsx";
import { useConnection } from "../live/realtime.ts";

/** Milliseconds without an answer, on an open connection, after which somebody should know. */
const LATE = 5_000;

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const WORDS = {
  connecting: "Connecting…",
  open: "Live",
  reconnecting: "Reconnecting…",
  closed: "Not connected",
  refused: "Not let in",
} as const;

export function Status() {
  const connection = useConnection();
  const { paused, pause, selecting } = useHold();
  const { live } = useOverview();
  const now = useNow();
  const { seen } = live;
  const age = seen === null ? null : Math.max(0, now - seen.receivedAt);
  const isLate = connection === "open" && !paused && !selecting && age !== null && age > LATE;
  const word = paused ? "Paused" : selecting ? "Held while you select" : isLate ? "No answer" : WORDS[connection];
  const tone =
    paused || selecting
      ? "plain"
      : connection === "open"
        ? isLate
          ? "warn"
          : "good"
        : connection === "connecting"
          ? "plain"
          : "bad";
  return (
    <div className="status">
      <span className="status-word" data-tone={tone}>
        <span role="status">{word}</span>
      </span>
      <button
        type="button"
        className="button small"
        aria-pressed={paused}
        aria-keyshortcuts="."
        onClick={() => pause(!paused)}
      >
        {paused ? "Continue" : "Pause"}
      </button>
      {age !== null && (
        <span className="status-age">{age < 1_500 ? "updated now" : `updated ${Math.round(age / 1_000)} s ago`}</span>
      )}
      <Nodes />
    </div>
  );
}

function Nodes() {
  const answer = useOverview().live.seen?.answer;
  if (answer === undefined) return null;
  const { nodes, silent, data } = answer;
  const cost = data.nodes.reduce((sum, { inspectorCpu }) => sum + inspectorCpu, 0);
  return (
    <>
      <span
        className="status-nodes"
        data-tone={silent.length > 0 ? "warn" : undefined}
        title={silent.length > 0 ? `Silent: ${silent.join(", ")}` : nodes.join(", ")}
      >
        {nodes.length} of {nodes.length + silent.length} nodes
      </span>
      <span
        className="status-cost"
        title="The share of a core that the inspector uses, on all nodes together, by the clock: on a busy machine that is more than it is"
      >
        costs {percent(cost)} CPU
      </span>
    </>
  );
}
