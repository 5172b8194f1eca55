/** Messages between clients and channels, oldest first. */
import type { TapFrame } from "../contract.ts";
import { bytes, duration, timeOfDay } from "../format.ts";
import { pairOf } from "../live/tap-log.ts";
import type { LoggedFrame, Pair } from "../live/tap-log.ts";
import { Badge } from "./badge.tsx";
import { ClientText } from "./client-text.tsx";

export interface FrameListProps {
  readonly label: string;
  readonly frames: readonly (TapFrame | LoggedFrame)[];
  readonly pairs?: ReadonlyMap<string, Pair>;
}

const nthOf = (frame: TapFrame | LoggedFrame, at: number): number => ("nth" in frame ? frame.nth : at);

export function FrameList({ label, frames, pairs }: FrameListProps) {
  return (
    <ol className="frames" aria-label={label}>
      {frames.map((frame, at) => (
        <FrameLine key={nthOf(frame, at)} frame={frame} nth={nthOf(frame, at)} pairs={pairs} />
      ))}
    </ol>
  );
}

const FINE = new Set(["ok", "no reply", "noreply"]);

function FrameLine({
  frame,
  nth,
  pairs,
}: {
  readonly frame: TapFrame;
  readonly nth: number;
  readonly pairs: ReadonlyMap<string, Pair> | undefined;
}) {
  const { at, direction, topic, event, id, ref, payload, outcome, duration: took } = frame;
  return (
    <li className="frame" id={`frame-${nth}`} tabIndex={-1} data-direction={direction}>
      <time>{timeOfDay(at)}</time>
      <span className="frame-way" title={direction === "in" ? "from the client" : "to the client"}>
        {direction}
      </span>
      <span className="frame-event">
        <ClientText text={event} max={80} />
      </span>
      <span className="frame-topic">
        <ClientText text={topic} max={80} />
      </span>
      <span className="frame-id">
        <ClientText text={id} none="no id" max={80} />
      </span>
      <span className="frame-end">
        {ref !== null && <span className="faint">ref {<ClientText text={ref} max={20} />}</span>}
        {frame.bytes !== null && <span className="faint">{bytes(frame.bytes)}</span>}
        {outcome !== null && <Badge tone={FINE.has(outcome) ? "good" : "bad"}>{outcome}</Badge>}
        {took !== null && <span>{duration(took)}</span>}
        <PairLink frame={frame} pairs={pairs} />
      </span>
      <code className="frame-payload">
        <ClientText text={payload} max={1_100} wrap />
      </code>
    </li>
  );
}

/** Leads from a message to its reply, and back. */
function PairLink({
  frame,
  pairs,
}: {
  readonly frame: TapFrame;
  readonly pairs: ReadonlyMap<string, Pair> | undefined;
}) {
  const name = pairOf(frame);
  const pair = name === null ? undefined : pairs?.get(name);
  const other = frame.direction === "in" ? pair?.reply : pair?.asked;
  if (other === undefined) return null;
  const show = (): void => {
    const line = document.getElementById(`frame-${other.nth}`);
    line?.scrollIntoView({ block: "nearest" });
    line?.focus();
  };
  const word = frame.direction === "in" ? "its reply" : "reply to";
  return (
    <button type="button" className="link" onClick={show}>
      {word} {frame.direction === "out" && <ClientText text={other.event} max={40} />}
    </button>
  );
}
