import { Image } from "lucide-react";
import { useCallback } from "react";
import { useOpenRoom } from "../room/room-context.ts";
import { Hit } from "./hit.tsx";
import { PanelList } from "./panel-list.tsx";
import { useLoaded } from "./use-loaded.ts";

/** The messages of this room that have images. */
export function FilesPanel() {
  const { state, actions } = useOpenRoom();
  const load = useCallback(async () => (await actions.files()).messages, [actions]);
  const version = state.messages.filter(({ attachments }) => attachments.length > 0).length;
  return (
    <PanelList
      loaded={useLoaded(load, version)}
      icon={Image}
      empty="No files yet"
      hint="Images that are dropped or pasted into a message are collected here."
      render={(message) => <Hit key={message.id} message={message} />}
    />
  );
}
