import type { Me } from "@wingbeat/example-slack/contract";
import type { TransportClass } from "@wingbeat/client";
import { useEffect, useMemo, useState } from "react";
import type { SocketToken } from "./api.ts";
import { SocketProvider } from "./realtime.ts";
import type { Session } from "./session.ts";
import { Splash } from "./splash.tsx";
import { chosenTransport } from "./transport.ts";
import { useAuthToken } from "./use-auth-token.ts";
import { Layout } from "./workspace/layout.tsx";
import { WorkspaceProvider } from "./workspace/provider.tsx";

/** What is written without a connection waits for a day. */
const OUTBOX = { maxAge: 86_400_000 };

export interface WorkspaceScreenProps {
  readonly me: Me;
  /** For the first connection. */
  readonly token: Promise<SocketToken>;
  readonly session: Session;
}

/** Everything that somebody who is logged in sees, on one connection. */
export function WorkspaceScreen({ me, token, session }: WorkspaceScreenProps) {
  const transport = useTransport();
  const authToken = useAuthToken(me.user.id, token, session);
  const options = useMemo(
    () => ({ authToken, transport: transport ?? undefined, outbox: OUTBOX }),
    [authToken, transport],
  );
  if (transport === null) return <Splash unreachable={false} onRetry={session.load} />;
  return (
    <SocketProvider url="/socket" options={options}>
      <WorkspaceProvider me={me} session={session}>
        <Layout />
      </WorkspaceProvider>
    </SocketProvider>
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
