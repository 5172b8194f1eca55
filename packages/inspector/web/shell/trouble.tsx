/** What is wrong with the connection of the page itself, and what to do. */
import { useSyncExternalStore } from "react";
import { timeOfDay } from "../format.ts";
import type { Door } from "../live/door.ts";
import { useOverview } from "../live/overview.tsx";
import { useConnection, useRefusal } from "../live/realtime.ts";

export function Trouble({ door }: { readonly door: Door }) {
  const connection = useConnection();
  const refusal = useRefusal();
  const shut = useSyncExternalStore(door.subscribe, door.shut);
  const seen = useOverview().live.seen;
  if (refusal !== null) {
    return (
      <p className="alert" role="alert">
        The server did not take the ticket of this page. Its time was over, or a node with another secretKeyBase gave
        it.{" "}
        <button type="button" className="link" onClick={() => door.knock()}>
          Try again
        </button>
      </p>
    );
  }
  if (connection !== "reconnecting" && (connection !== "connecting" || shut === null)) return null;
  return (
    <p className="alert" role="alert">
      {seen === null
        ? "The server cannot be reached."
        : `The connection is lost. What you see is of ${timeOfDay(seen.receivedAt)}.`}{" "}
      {shut !== null && shut.status > 0 && `It has answered ${shut.status}. `}
      This page tries again by itself; if that takes long, look whether the node still runs.
    </p>
  );
}
