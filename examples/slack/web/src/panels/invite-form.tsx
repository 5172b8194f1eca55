import { useEffect, useState } from "react";
import type { User } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { Field } from "../parts/field.tsx";
import { useOpenRoom } from "../room/room-context.ts";
import { useToast, useWorkspace } from "../workspace.ts";

/** Milliseconds without a key, before the server is asked. */
const PAUSE_MS = 150;
const LIMIT = 5;

/** Finds people who are not in the room, and invites them. Enter takes the first one. */
export function InviteForm() {
  const { state, actions: roomActions } = useOpenRoom();
  const { actions } = useWorkspace();
  const toast = useToast();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly User[] | null>(null);
  const wanted = query.trim().replace(/^@/, "");
  useEffect(() => {
    setFound(null);
    if (wanted === "") return undefined;
    let current = true;
    const timer = setTimeout(() => {
      actions.findUsers(wanted).then(
        ({ users }) => current && setFound(users),
        () => current && setFound([]),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted, actions]);
  const memberIds = new Set(state.members.map(({ user }) => user.id));
  const strangers = found?.filter(({ id }) => !memberIds.has(id)).slice(0, LIMIT);
  const invite = async (user: User) => {
    if (!(await roomActions.invite(user.id))) return;
    setQuery("");
    toast(`${user.name} is in this channel now.`, { kind: "success" });
  };
  const [first] = strangers ?? [];
  return (
    <form
      className="invite"
      onSubmit={(event) => {
        event.preventDefault();
        if (first !== undefined) void invite(first);
      }}
    >
      <Field
        label="Invite somebody"
        placeholder="Name or username"
        autoComplete="off"
        testId="invite-input"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {wanted !== "" && strangers !== undefined && (
        <div className="invite-list">
          {strangers.map((user) => (
            <button
              key={user.id}
              type="button"
              className="invite-person"
              data-testid={`invite-${user.username}`}
              onClick={() => void invite(user)}
            >
              <Avatar user={user} size={24} />
              <span className="truncate">{user.name}</span>
              <span className="member-username">{user.username}</span>
            </button>
          ))}
          {strangers.length === 0 && <p className="invite-note">Nobody else is called that.</p>}
        </div>
      )}
    </form>
  );
}
