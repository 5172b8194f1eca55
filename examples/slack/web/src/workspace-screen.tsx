import type { Me } from "@wingbeat/example-slack/contract";
import type { TransportClass } from "@wingbeat/client";
import { useEffect, useMemo, useState } from "react";
import { api } from "./api.ts";
import { SocketProvider } from "./realtime.ts";
import { isUnauthorized, SESSION_OVER } from "./session.ts";
import type { Session } from "./session.ts";
import { Splash } from "./splash.tsx";
import { chosenTransport } from "./transport.ts";
import { Layout } from "./workspace/layout.tsx";
import { WorkspaceProvider } from "./workspace/provider.tsx";

/** Everything that somebody who is logged in sees, on one connection. */
export function WorkspaceScreen({ me, session }: { readonly me: Me; readonly session: Session }) {
  const transport = useTransport();
  const authToken = useAuthToken(me.user.id, session);
  const options = useMemo(() => ({ authToken, transport: transport ?? undefined }), [authToken, transport]);
  if (transport === null) return <Splash unreachable={false} onRetry={session.load} />;
  return (
    <SocketProvider url="/socket" options={options}>
      <WorkspaceProvider me={me} session={session}>
        <Layout />
      </WorkspaceProvider>
    </SocketProvider>
  );
}

/** Asked before every connection. A session that is over ends the connecting with it: nothing is tried any more. */
function useAuthToken(userId: number, { ended, load }: Session): () => Promise<string> {
  return useMemo(
    () => async () => {
      const answer = await api.socketToken().catch((error: unknown) => {
        if (isUnauthorized(error)) ended(SESSION_OVER);
        throw error;
      });
      // Somebody else has logged in with this browser, in another tab.
      if (answer.userId !== userId) {
        void load();
        throw new Error("the session is another user's now");
      }
      return answer.token;
    },
    [userId, ended, load],
  );
}

/** Null until it is known; undefined is the browser's WebSocket. Throws what kept a transport from being loaded. */
function useTransport(): TransportClass | undefined | null {
  // In an object: a class is a function, and React would call it.
  const [chosen, setChosen] = useState<{ readonly transport?: TransportClass; readonly error?: unknown } | null>(null);
  useEffect(() => {
    let wanted = true;
    chosenTransport(window.location.search, sessionStorage).then(
      (transport) => wanted && setChosen(transport === undefined ? {} : { transport }),
      // For the boundary around the page, which offers to load it again.
      (error: unknown) => wanted && setChosen({ error }),
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (chosen?.error !== undefined) throw chosen.error;
  return chosen === null ? null : chosen.transport;
}
