import { EyeOff, LogOut } from "lucide-react";
import { useState } from "react";
import type { NotifyLevel, Room } from "@wingbeat/example-slack/contract";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { Switch } from "../parts/switch.tsx";
import { useOpenRoom, useRow } from "../room/room-context.ts";
import { useWorkspace } from "../workspace.ts";
import "./settings-panel.css";

/** What everybody has of the room (of an archived one nothing can be changed but that), and what this user alone has of it. */
export function SettingsPanel() {
  const { state } = useOpenRoom();
  const { may } = useRow();
  const { room } = state;
  if (room === null) return null;
  const isChannel = room.kind !== "direct";
  return (
    <div className="room-panel-scroll settings-panel">
      {isChannel && may("edit-room") && !room.archived && (
        <NameAndTopic key={`${room.name}\n${room.topic}`} room={room} />
      )}
      {isChannel && <Flags room={room} />}
      <Notifications roomId={room.id} />
      <Going room={room} />
    </div>
  );
}

function NameAndTopic({ room }: { readonly room: Room }) {
  const { actions } = useOpenRoom();
  const [name, setName] = useState(room.name);
  const [topic, setTopic] = useState(room.topic);
  const [busy, setBusy] = useState(false);
  const isSame = name.trim() === room.name && topic.trim() === room.topic;
  const save = async () => {
    setBusy(true);
    const named = name.trim() === room.name || (await actions.setText("name", name.trim()));
    if (named && topic.trim() !== room.topic) await actions.setText("topic", topic.trim());
    setBusy(false);
  };
  return (
    <form
      className="settings-panel-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSame) void save();
      }}
    >
      <Field
        label="Name"
        prefix="#"
        required
        maxLength={40}
        testId="settings-name"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label="Topic"
        placeholder="What is this channel about?"
        maxLength={250}
        testId="settings-topic"
        value={topic}
        onChange={(event) => setTopic(event.target.value)}
      />
      <Button look="primary" type="submit" busy={busy} disabled={isSame} data-testid="settings-save">
        Save
      </Button>
    </form>
  );
}

function Flags({ room }: { readonly room: Room }) {
  const { actions } = useOpenRoom();
  const { may } = useRow();
  const canChange = may("archive-room") || (may("edit-room") && !room.archived);
  if (!canChange) {
    return (
      <section className="settings-panel-about" aria-label="About this channel">
        <h3 className="room-panel-group">Topic</h3>
        <p>{room.topic === "" ? "This channel has no topic." : room.topic}</p>
      </section>
    );
  }
  return (
    <section className="settings-panel-flags" aria-label="For everybody">
      <h3 className="room-panel-group">For everybody</h3>
      {may("edit-room") && !room.archived && (
        <Switch
          label="Read only"
          hint="Only owners and moderators can write."
          checked={room.readOnly}
          onChange={(value) => void actions.setFlag("readOnly", value)}
          testId="settings-readonly"
        />
      )}
      {may("archive-room") && (
        <Switch
          label="Archived"
          hint="Nobody can write, and it leaves everybody's sidebar."
          checked={room.archived}
          onChange={(value) => void actions.setFlag("archived", value)}
          testId="settings-archived"
        />
      )}
    </section>
  );
}

const LEVELS: readonly { readonly value: NotifyLevel; readonly text: string; readonly hint: string }[] = [
  { value: "all", text: "Every message", hint: "Bold for messages, a number for mentions" },
  { value: "mentions", text: "Mentions only", hint: "Never bold, a number for mentions" },
  { value: "none", text: "Nothing", hint: "No number, no notifications" },
];

function Notifications({ roomId }: { readonly roomId: number }) {
  const { rooms, actions, attempt } = useWorkspace();
  const summary = rooms.find(({ id }) => id === roomId);
  if (summary === undefined) return null;
  return (
    <fieldset className="settings-panel-notify">
      <legend className="room-panel-group">Notify me about</legend>
      {LEVELS.map(({ value, text, hint }) => (
        <label key={value} className="settings-panel-level">
          <input
            type="radio"
            name="notify"
            value={value}
            checked={summary.notify === value}
            data-testid={`notify-${value}`}
            onChange={() => void attempt(() => actions.setRoomPrefs(roomId, { notify: value }))}
          />
          <span>
            {text}
            <small>{hint}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Going({ room }: { readonly room: Room }) {
  const { actions, attempt, currentRoom, openPanel } = useWorkspace();
  if (currentRoom === null) return null;
  const leave = async () => {
    if (await attempt(() => actions.leaveRoom(room.id))) openPanel(null);
  };
  return (
    <div className="settings-panel-going">
      <Button onClick={() => void attempt(() => actions.setRoomPrefs(room.id, { hidden: !currentRoom.hidden }))}>
        <EyeOff size={16} aria-hidden="true" />
        {currentRoom.hidden ? "Show in the sidebar" : "Hide until something new comes"}
      </Button>
      {room.kind !== "direct" && (
        <Button className="settings-panel-leave" data-testid="leave-room" onClick={() => void leave()}>
          <LogOut size={16} aria-hidden="true" />
          Leave the channel
        </Button>
      )}
    </div>
  );
}
