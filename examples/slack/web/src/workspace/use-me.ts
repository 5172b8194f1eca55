import { useCallback, useEffect } from "react";
import { api } from "../api.ts";
import { useEvent } from "../realtime.ts";
import { SESSION_OVER, isUnauthorized } from "../session.ts";
import type { Session } from "../session.ts";
import type { useRoleChannel, UserChannel } from "./channels.ts";
import type { WorkspaceAction } from "./state.ts";

/** Asks anew who the user is and what they may do, when something says that it may have changed. */
export function useMe(
  user: UserChannel,
  role: ReturnType<typeof useRoleChannel>,
  session: Session,
  dispatch: (action: WorkspaceAction) => void,
): () => Promise<void> {
  const { ended } = session;
  const refresh = useCallback(async () => {
    try {
      dispatch({ type: "me", me: await api.me() });
    } catch (error) {
      // Anything else is tried again with the next connection: its reply has it too.
      if (isUnauthorized(error)) ended(SESSION_OVER);
    }
  }, [dispatch, ended]);
  useEvent(role.channel, "permissionsChanged", () => void refresh());
  // One's own channel is refused to those alone who are not who they were.
  const refused = user.error?.reason === "refused";
  useEffect(() => {
    if (refused) void refresh();
  }, [refused, refresh]);
  return refresh;
}
