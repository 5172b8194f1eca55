import { useMemo, useRef } from "react";
import { api } from "./api.ts";
import type { SocketToken } from "./api.ts";
import { isUnauthorized, SESSION_OVER } from "./session.ts";
import type { Session } from "./session.ts";

/**
 * A token for every connection: that for the first one is on its way already. A session that is over ends the connecting
 * with it: nothing is tried any more.
 */
export function useAuthToken(
  userId: number,
  first: Promise<SocketToken>,
  { ended, load }: Pick<Session, "ended" | "load">,
): () => Promise<string> {
  const waiting = useRef<Promise<SocketToken> | undefined>(first);
  return useMemo(
    () => async () => {
      const asked = waiting.current ?? api.socketToken();
      waiting.current = undefined;
      const answer = await asked.catch((error: unknown) => {
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
