/** Who uses this page: asked once, and again whenever the server says that it is over. */
import type { Me } from "@wingbeat/example-slack/contract";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, ApiError } from "./api.ts";
import type { SocketToken } from "./api.ts";

export type SessionState =
  | { readonly state: "loading" }
  /** The server does not answer; it is asked again by itself. */
  | { readonly state: "unreachable" }
  /** Nobody is logged in. `message` says why, when it was not the user's own doing. */
  | { readonly state: "out"; readonly message: string | null }
  | {
      readonly state: "in";
      readonly me: Me;
      /** For the first connection: asked for together with the user, so that neither waits for the other. */
      readonly token: Promise<SocketToken>;
    };

export interface Session {
  readonly current: SessionState;
  /** Asks the server who is logged in. */
  readonly load: () => Promise<void>;
  /** The session is over: back to the login screen, which says why. */
  readonly ended: (message: string) => void;
  readonly logOut: () => Promise<void>;
  readonly logOutEverywhere: () => Promise<void>;
}

export const SESSION_OVER = "Your session has ended. Log in to go on.";
/** Milliseconds. */
const RETRY_AFTER = 2_500;

export const isUnauthorized = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

export function useSession(): Session {
  const [current, setCurrent] = useState<SessionState>({ state: "loading" });
  // The server tells all tabs of a logout, the one that asked for it too: there it is no news.
  const leaving = useRef(false);

  const load = useCallback(async () => {
    const token = api.socketToken();
    // Whoever connects with it hears why there is none.
    token.catch(() => {});
    try {
      setCurrent({ state: "in", me: await api.me(), token });
    } catch (error) {
      setCurrent(isUnauthorized(error) ? { state: "out", message: null } : { state: "unreachable" });
    }
  }, []);

  const leave = useCallback(async (request: () => Promise<unknown>) => {
    leaving.current = true;
    try {
      await request();
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
    } finally {
      leaving.current = false;
    }
    setCurrent({ state: "out", message: null });
  }, []);

  const ended = useCallback((reason: string) => {
    const message = leaving.current ? null : reason;
    setCurrent((now) => (now.state === "out" ? now : { state: "out", message }));
  }, []);

  useEffect(() => void load(), [load]);
  useEffect(() => {
    if (current.state !== "unreachable") return undefined;
    const timer = setTimeout(() => void load(), RETRY_AFTER);
    return () => clearTimeout(timer);
  }, [current, load]);

  return useMemo(
    () => ({
      current,
      load,
      ended,
      logOut: () => leave(api.logout),
      logOutEverywhere: () => leave(api.logoutAll),
    }),
    [current, load, ended, leave],
  );
}
