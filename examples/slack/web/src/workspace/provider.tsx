import type { Me } from "@wingbeat/example-slack/contract";
import { useCallback, useEffect, useMemo, useReducer, useState } from "react";
import type { ReactNode } from "react";
import { useToast } from "../parts/toasts.tsx";
import { useEvent, usePresence, useRefusal } from "../realtime.ts";
import { sentenceOf } from "../refusal.ts";
import { SESSION_OVER } from "../session.ts";
import type { Session } from "../session.ts";
import { applyTheme } from "../theme.ts";
import { createActions } from "./actions.ts";
import { CaughtUpContext, createCaughtUp } from "./caught-up.ts";
import { usePublicChannel, useRoleChannel, useSystemChannel, useUserChannel } from "./channels.ts";
import { StatusesContext, WorkspaceContext } from "./context.ts";
import type { Workspace } from "./context.ts";
import { firstRoom } from "./rooms.ts";
import { initialState, workspaceReducer } from "./state.ts";
import { statusesOf } from "./statuses.ts";
import { titleOf } from "./title.ts";
import { useActive } from "./use-active.ts";
import { useCurrentRoom } from "./use-current-room.ts";
import { useLayers } from "./use-layers.ts";
import { useMe } from "./use-me.ts";
import { useTabState } from "./use-tab-state.ts";
import { useUserEvents } from "./use-user-events.ts";

export interface WorkspaceProviderProps {
  readonly me: Me;
  readonly session: Session;
  readonly children: ReactNode;
}

/** On the topics of the user, and all that these tell and take, for the components below. */
export function WorkspaceProvider({ me, session, children }: WorkspaceProviderProps) {
  const [state, dispatch] = useReducer(workspaceReducer, me, initialState);
  const user = useUserChannel(me.user.id);
  const system = useSystemChannel();
  const role = useRoleChannel();
  const everybody = usePublicChannel();
  const layers = useLayers();
  const toast = useToast();
  const active = useActive();
  const [caughtUp] = useState(createCaughtUp);
  const { currentRoomId, currentRoom, openRoom } = useCurrentRoom(me.user.id, state.rooms, state.ready);
  const refusal = useRefusal();
  const refreshMe = useMe(user, role, session, dispatch);
  useTabState(user, system, { active, roomId: currentRoomId });

  useEffect(() => {
    if (refusal !== null) session.ended(SESSION_OVER);
  }, [refusal, session]);
  useEffect(() => {
    if (user.reply !== undefined) dispatch({ type: "joined", reply: user.reply });
  }, [user.reply]);
  useEffect(() => {
    if (everybody.reply !== undefined) dispatch({ type: "announcement", announcement: everybody.reply.announcement });
  }, [everybody.reply]);
  useEvent(everybody.channel, "announcement", (announcement) =>
    dispatch({ type: "announcement", announcement: announcement.id === null ? null : announcement }),
  );

  useUserEvents(user.channel, {
    dispatch,
    // Every tab of the user is told. The one that is looked at is the one that asked.
    added: (room, open) => open && active && openRoom(room.id),
    removed: (roomId, name, why) => {
      if (why !== "left") toast(`You were removed from #${name}.`);
      if (roomId !== currentRoomId) return;
      const next = firstRoom(
        state.rooms.filter(({ id }) => id !== roomId),
        null,
      );
      if (next !== undefined) openRoom(next.id);
    },
    reauthenticate: () => void refreshMe(),
    loggedOut: (sessionId) => {
      if (sessionId === null || sessionId === me.sessionId) session.ended("You have been logged out.");
    },
    failed: (message) => toast(message, { kind: "error" }),
  });

  const { theme } = state.me.preferences;
  useEffect(() => applyTheme(theme), [theme]);
  const title = titleOf(state.rooms, currentRoom);
  useEffect(() => {
    document.title = title;
  }, [title]);

  const actions = useMemo(() => createActions(user.push, system.push, dispatch), [user.push, system.push]);
  const attempt = useCallback(
    async (action: () => PromiseLike<unknown>) => {
      try {
        await action();
        return true;
      } catch (error) {
        toast(sentenceOf(error), { kind: "error" });
        return false;
      }
    },
    [toast],
  );
  const { logOut, logOutEverywhere } = session;
  const value = useMemo<Workspace>(
    () => ({
      ...state,
      ...layers,
      currentRoomId,
      currentRoom,
      active,
      actions,
      openRoom,
      attempt,
      reportCaughtUp: caughtUp.report,
      logOut,
      logOutEverywhere,
    }),
    [state, layers, currentRoomId, currentRoom, active, actions, openRoom, attempt, caughtUp, logOut, logOutEverywhere],
  );
  const { state: entries } = usePresence(system.channel);
  const statuses = useMemo(() => statusesOf(entries), [entries]);
  return (
    <WorkspaceContext value={value}>
      <StatusesContext value={statuses}>
        <CaughtUpContext value={caughtUp}>{children}</CaughtUpContext>
      </StatusesContext>
    </WorkspaceContext>
  );
}
