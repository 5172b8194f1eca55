import type { User } from "@wingbeat/example-slack/contract";
import { useState } from "react";
import { api } from "../../api.ts";
import { Avatar } from "../../parts/avatar.tsx";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { SkeletonList } from "../../parts/skeleton.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { sentenceOf } from "../../refusal.ts";
import { useWorkspace } from "../../workspace/context.ts";
import { useAnswer } from "../use-answer.ts";

const PAUSE = 150;

/** Bans people, who may still read then and do nothing else, and lets them in again. */
export function BanForm() {
  const { me, actions, attempt } = useWorkspace();
  const toast = useToast();
  const [query, setQuery] = useState("");
  const [reason, setReason] = useState("");
  const { value, error } = useAnswer(() => actions.findUsers(query), query, query === "" ? 0 : PAUSE);
  const [changes, setChanges] = useState(0);
  const bans = useAnswer(api.bans, String(changes));
  const reasonOf = (user: User) => bans.value?.bans.find(({ userId }) => userId === user.id)?.reason;
  const people = (value?.users ?? []).filter(({ id }) => id !== me.user.id);
  const ban = async (user: User, why: string | null) => {
    if (!(await attempt(() => api.ban(user.id, why)))) return;
    setChanges((count) => count + 1);
    toast(why === null ? `${user.name} may write again.` : `${user.name} is banned.`, { kind: "success" });
  };
  return (
    <>
      <Field
        label="Reason"
        hint="Shown to whoever is banned."
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        testId="ban-reason"
      />
      <Field
        label="Find somebody"
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        testId="ban-find"
      />
      {(value === undefined || bans.value === undefined) && error === undefined && bans.error === undefined && (
        <SkeletonList count={4} label="Loading people" />
      )}
      {(error ?? bans.error) !== undefined && <p role="alert">{sentenceOf(error ?? bans.error)}</p>}
      {value !== undefined && people.length === 0 && <p className="admin-text">Nobody is called that.</p>}
      <ul className="ban-people">
        {people.map((user) => (
          <Person
            key={user.id}
            user={user}
            banned={reasonOf(user)}
            onBan={() => void ban(user, reason.trim() === "" ? "An administrator has banned you." : reason.trim())}
            onLift={() => void ban(user, null)}
          />
        ))}
      </ul>
    </>
  );
}

interface PersonProps {
  readonly user: User;
  /** Why they are; undefined when they are not. */
  readonly banned: string | undefined;
  readonly onBan: () => void;
  readonly onLift: () => void;
}

function Person({ user, banned, onBan, onLift }: PersonProps) {
  return (
    <li className="ban-person">
      <Avatar user={user} size={36} />
      <div>
        <p className="truncate">{user.name}</p>
        <p className="ban-username truncate">@{user.username}</p>
        {banned !== undefined && <p className="ban-why">Banned: {banned}</p>}
      </div>
      {banned === undefined ? (
        <Button
          size="small"
          look="danger"
          data-testid={`ban-${user.username}`}
          onClick={onBan}
          aria-label={`Ban ${user.name}`}
        >
          Ban
        </Button>
      ) : (
        <Button
          size="small"
          data-testid={`unban-${user.username}`}
          onClick={onLift}
          aria-label={`Lift the ban of ${user.name}`}
        >
          Lift the ban
        </Button>
      )}
    </li>
  );
}
