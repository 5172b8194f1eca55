import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { LoginScreen } from "./login/login-screen.tsx";
import { ErrorBoundary } from "./parts/error-boundary.tsx";
import { ToastProvider } from "./parts/toasts.tsx";
import { TooltipProvider } from "./parts/tooltip.tsx";
import { useSession } from "./session.ts";
import { Splash } from "./splash.tsx";
import { WorkspaceScreen } from "./workspace-screen.tsx";

/** The login screen or the workspace, as the server says who is logged in. */
export function App() {
  return (
    <ErrorBoundary>
      <TooltipProvider delayDuration={450} skipDelayDuration={200} disableHoverableContent>
        <ToastProvider>
          <Page />
        </ToastProvider>
      </TooltipProvider>
    </ErrorBoundary>
  );
}

function Page() {
  const session = useSession();
  const { current } = session;
  useLoginAddress(current.state);
  if (current.state === "in") {
    const { me, token } = current;
    return <WorkspaceScreen key={me.sessionId} me={me} token={token} session={session} />;
  }
  if (current.state === "out") return <LoginScreen message={current.message} onLoggedIn={session.load} />;
  return <Splash unreachable={current.state === "unreachable"} onRetry={session.load} />;
}

/** `/login` is shown to those who are not logged in, and to nobody else. Who came for a room gets there afterwards. */
function useLoginAddress(state: "loading" | "unreachable" | "out" | "in"): void {
  const [location, navigate] = useLocation();
  const wanted = useRef("/");
  const was = useRef(state);
  useEffect(() => {
    if (state === "out" && location !== "/login") {
      // A logout is the end of a visit; whoever comes next begins at the beginning.
      wanted.current = was.current === "in" ? "/" : location + window.location.search;
      navigate("/login", { replace: true });
    }
    if (state === "in" && location === "/login") navigate(wanted.current, { replace: true });
    was.current = state;
  }, [state, location, navigate]);
}
