import type { BrowsedRoom } from "@wingbeat/example-slack/contract";
import { Archive, Hash, Lock, Plus, SearchX, Users } from "lucide-react";
import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { Dialog, DialogBody } from "../parts/dialog.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Field } from "../parts/field.tsx";
import { SkeletonList } from "../parts/skeleton.tsx";
import { sentenceOf } from "../refusal.ts";
import { useWorkspace } from "../workspace/context.ts";
import "./browse-dialog.css";
import { useAnswer } from "./use-answer.ts";

const PAUSE = 150;

/** All channels that the user may know of: to join, to look into, to leave. */
export function BrowseDialog({ onClose }: { readonly onClose: () => void }) {
  const { me, rooms, actions, openDialog } = useWorkspace();
  const [query, setQuery] = useState("");
  // Asked again when the sidebar changes: somebody was joined, or has left.
  const key = `${query} ${rooms.map(({ id }) => id).join()}`;
  const { value, error, waiting } = useAnswer(() => actions.browse(query), key, query === "" ? 0 : PAUSE);
  const mayCreate = me.permissions.includes("create-public") || me.permissions.includes("create-private");
  const create = mayCreate && (
    <Button onClick={() => openDialog({ kind: "create", name: query.trim() })}>
      <Plus size={16} aria-hidden="true" /> Create a channel
    </Button>
  );
  return (
    <Dialog title="Browse channels" onClose={onClose} testId="browse-dialog">
      <div className="browse-top">
        <Field
          label="Find a channel"
          placeholder="Name or topic"
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          testId="browse-query"
        />
        {create}
      </div>
      <DialogBody>
        {value === undefined && waiting && <SkeletonList count={5} label="Loading channels" />}
        {error !== undefined && <p role="alert">{sentenceOf(error)}</p>}
        {value?.rooms.length === 0 && (
          <EmptyState icon={SearchX} title="No such channel">
            {query === "" ? "There are no channels yet." : "Other words may find it. Or it is still to be created."}
          </EmptyState>
        )}
        <ul className="browse-rooms" aria-busy={waiting}>
          {value?.rooms.map((room) => (
            <BrowsedLine key={room.id} room={room} onClose={onClose} />
          ))}
        </ul>
      </DialogBody>
    </Dialog>
  );
}

function BrowsedLine({ room, onClose }: { readonly room: BrowsedRoom; readonly onClose: () => void }) {
  const { actions, attempt, openRoom } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const Icon = room.archived ? Archive : room.kind === "private" ? Lock : Hash;
  const open = () => {
    onClose();
    openRoom(room.id);
  };
  const run = async (action: () => PromiseLike<unknown>) => {
    setBusy(true);
    await attempt(action);
    setBusy(false);
  };
  const join = () =>
    run(async () => {
      await actions.joinRoom(room.id);
      open();
    });
  return (
    <li className="browse-room" data-testid={`browsed-${room.name}`}>
      <button className="browse-open" type="button" onClick={open} aria-label={`Open ${room.name}`}>
        <span className="browse-name">
          <Icon size={15} strokeWidth={2.1} aria-hidden="true" />
          <span className="truncate">{room.name}</span>
        </span>
        <span className="browse-facts">
          <Users size={13} aria-hidden="true" />
          {room.members} {room.members === 1 ? "member" : "members"}
          {room.archived && " · archived"}
          {room.topic !== "" && <span className="truncate">· {room.topic}</span>}
        </span>
      </button>
      {room.joined ? (
        <Button
          size="small"
          look="quiet"
          busy={busy}
          data-testid={`browse-leave-${room.name}`}
          onClick={() => void run(() => actions.leaveRoom(room.id))}
        >
          Leave
        </Button>
      ) : room.archived ? null : (
        <Button size="small" busy={busy} data-testid={`browse-join-${room.name}`} onClick={() => void join()}>
          Join
        </Button>
      )}
    </li>
  );
}
