import { useEffect, useReducer } from "react";
import { useChannel, useEvent } from "../realtime.ts";
import { useWorkspace } from "../workspace.ts";
import { noNotifications, notificationsReducer } from "./notifications-state.ts";
import { useDesktopNotifications } from "./use-desktop-notifications.ts";

/** The user's notifications, on their own topic. A rejoin brings only what has come since. */
export function useNotifications() {
  const { me, active, attempt, openRoom } = useWorkspace();
  const [state, dispatch] = useReducer(notificationsReducer, noNotifications);
  const params = () => (state.loaded ? { after: state.newestId } : {});
  const { channel, reply, push } = useChannel(`notifications:${me.user.id}`, params);
  useEffect(() => {
    if (reply !== undefined) dispatch({ type: "joined", reply });
  }, [reply]);
  const wanted = !active && me.preferences.desktopNotifications;
  const showOnDesktop = useDesktopNotifications({ items: state.items, wanted, openRoom });
  useEvent(channel, "new_notification", ({ notification, unread }) => {
    dispatch({ type: "came", notification, unread });
    showOnDesktop(notification);
  });
  useEvent(channel, "read", ({ ids, unread }) => dispatch({ type: "read", ids, unread }));
  useEvent(channel, "retract", ({ ids, unread }) => dispatch({ type: "retracted", ids, unread }));

  return {
    state,
    read: (id: number) =>
      attempt(async () => {
        const { unread } = await push("read", { id });
        dispatch({ type: "read", ids: [id], unread });
      }),
    readAll: () =>
      attempt(async () => {
        const ids = state.items.map(({ id }) => id);
        const { unread } = await push("read_all", { upTo: state.newestId });
        dispatch({ type: "read", ids, unread });
      }),
    loadOlder: () =>
      attempt(async () => {
        if (state.cursor === null) return;
        dispatch({ type: "page", ...(await push("list", { before: state.cursor })) });
      }),
  };
}
