import type { Room } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { RoomIcon } from "./room-header.tsx";
import "./start-of-conversation.css";

/** Above the first message. */
export function StartOfConversation({ room }: { readonly room: Room }) {
  const { peer, name, kind, topic } = room;
  return (
    <div className="start-of-conversation" data-testid="start-of-conversation">
      {peer === null ? (
        <span className="start-of-conversation-icon">
          <RoomIcon room={room} size={24} />
        </span>
      ) : (
        <Avatar user={peer} size={52} />
      )}
      <h2>{peer === null ? `Welcome to #${name}` : peer.name}</h2>
      <p>
        {peer === null
          ? kind === "private"
            ? "This is the very beginning of a private channel. Only its members can find it."
            : "This is the very beginning of this channel."
          : `This is the very beginning of what you and ${peer.name} have written to each other. Nobody else can see it.`}
        {topic !== "" && ` It is about: ${topic}`}
      </p>
    </div>
  );
}
