import { AtSign, Pin, PinOff, Star } from "lucide-react";
import { useCallback } from "react";
import { IconButton } from "../parts/icon-button.tsx";
import { useOpenRoom, useRow } from "../room/room-context.ts";
import { useWorkspace } from "../workspace.ts";
import { Hit } from "./hit.tsx";
import { PanelList } from "./panel-list.tsx";
import { useLoaded } from "./use-loaded.ts";

/** Those of this room, for everybody in it. */
export function PinnedPanel() {
  const { state, actions } = useOpenRoom();
  const { may } = useRow();
  const load = useCallback(async () => (await actions.pins()).messages, [actions]);
  const version = state.messages.filter(({ pinned }) => pinned).map(({ id }) => id);
  const loaded = useLoaded(load, version.join());
  const unpin = async (id: number) => {
    if (await actions.pin(id, false)) loaded.reload();
  };
  return (
    <PanelList
      loaded={loaded}
      icon={Pin}
      empty="Nothing is pinned here"
      hint="Pin what everybody should find again: from the menu of a message."
      render={(message) => (
        <Hit
          key={message.id}
          message={message}
          action={
            may("pin-message") && (
              <IconButton icon={PinOff} size="small" label="Unpin" onClick={() => void unpin(message.id)} />
            )
          }
        />
      )}
    />
  );
}

/** Those of all rooms, for this user alone. */
export function StarredPanel() {
  const { state } = useOpenRoom();
  const { actions } = useWorkspace();
  const load = useCallback(async () => (await actions.stars()).hits, [actions]);
  const version = state.messages.filter(({ starred }) => starred).map(({ id }) => id);
  return (
    <PanelList
      loaded={useLoaded(load, version.join())}
      icon={Star}
      empty="You have starred nothing"
      hint="Star messages that you want to come back to. Nobody else sees it."
      render={({ message, room }) => <Hit key={message.id} message={message} room={room} />}
    />
  );
}

export function MentionsPanel() {
  const { unreadMentions, actions } = useWorkspace();
  const load = useCallback(async () => (await actions.mentions()).hits, [actions]);
  return (
    <PanelList
      loaded={useLoaded(load, unreadMentions)}
      icon={AtSign}
      empty="Nobody has mentioned you yet"
      hint="Messages with your @name in them are collected here, from all rooms."
      render={({ message, room }) => <Hit key={message.id} message={message} room={room} />}
    />
  );
}
