import { CircleCheck, CloudOff, LoaderCircle } from "lucide-react";
import { use, useEffect, useReducer, useSyncExternalStore } from "react";
import { useConnection, useSocket } from "../realtime.ts";
import { CaughtUpContext } from "./caught-up.ts";
import { useUserChannel } from "./channels.ts";
import "./connection-strip.css";
import { useWorkspace } from "./context.ts";
import { linkOf, NO_STRIP, stripReducer, textOf } from "./strip.ts";

/** Milliseconds for which good news stays. */
const STAYS = 4_000;

/** Says when the connection is lost, and when it is back. Nothing as long as all is well. */
export function ConnectionStrip() {
  const socket = useSocket();
  const [strip, dispatch] = useReducer(stripReducer, NO_STRIP);
  const link = useLink();
  const caughtUp = use(CaughtUpContext);
  useEffect(() => dispatch({ type: "link", link }), [link]);
  useEffect(() => caughtUp.listen((count) => dispatch({ type: "caught-up", count })), [caughtUp]);
  useEffect(() => {
    if (strip.shown !== "caught-up") return undefined;
    const timer = setTimeout(() => dispatch({ type: "read" }), STAYS);
    return () => clearTimeout(timer);
  }, [strip]);

  const { shown } = strip;
  return (
    <div role="status">
      {shown !== "nothing" && (
        <div className="strip" data-testid="conn-strip" data-state={shown}>
          <Mark shown={shown} />
          <span>{textOf(strip)}</span>
          {(shown === "reconnecting" || shown === "closed") && (
            // Does nothing while a try is under way already.
            <button className="strip-try" type="button" onClick={() => socket.connect()}>
              Try now
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Mark({ shown }: { readonly shown: string }) {
  if (shown === "caught-up") return <CircleCheck size={15} aria-hidden="true" />;
  if (shown === "reconnecting") return <LoaderCircle className="strip-spin" size={15} aria-hidden="true" />;
  return <CloudOff size={15} aria-hidden="true" />;
}

function useLink() {
  const { me, ready } = useWorkspace();
  const connection = useConnection();
  const isOnline = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  const isJoined = useUserChannel(me.user.id).state === "joined";
  return linkOf(connection, isOnline, isJoined, ready);
}

function subscribeOnline(changed: () => void): () => void {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
}
