import type { GlobalRole, User } from "@wingbeat/example-slack/contract";
import { useState } from "react";
import { api } from "../../api.ts";
import { Field } from "../../parts/field.tsx";
import { SkeletonList } from "../../parts/skeleton.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { sentenceOf } from "../../refusal.ts";
import { useWorkspace } from "../../workspace/context.ts";
import { useAnswer } from "../use-answer.ts";
import { PersonRow } from "./person-row.tsx";
import { lookAt, madeSentence, roleOf } from "./people.ts";

const PAUSE = 150;

/** What people are in the workspace; and bans, with which they may still read and do nothing else. */
export function PeopleForm() {
  const { me, actions, attempt } = useWorkspace();
  const toast = useToast();
  const [query, setQuery] = useState("");
  const [reason, setReason] = useState("");
  const [changes, setChanges] = useState(0);
  const mayBan = me.permissions.includes("ban-user");
  const mayMake = me.permissions.includes("manage-roles");
  const found = useAnswer(() => actions.findUsers(query), query, query === "" ? 0 : PAUSE);
  const known = useAnswer(() => lookAt(mayBan, mayMake), `${mayBan} ${mayMake} ${changes}`);
  const about = known.value;
  const error = found.error ?? known.error;
  const people = (found.value?.users ?? []).filter(({ id }) => mayMake || id !== me.user.id);
  const ban = async (user: User, why: string | null) => {
    if (!(await attempt(() => api.ban(user.id, why)))) return;
    setChanges((count) => count + 1);
    toast(why === null ? `${user.name} may write again.` : `${user.name} is banned.`, { kind: "success" });
  };
  const make = async (user: User, role: GlobalRole) => {
    if (!(await attempt(() => api.makeRole(user.id, role)))) return;
    setChanges((count) => count + 1);
    toast(madeSentence(user, role, me.user.id), { kind: "success" });
  };
  return (
    <>
      <Field
        label="Find somebody"
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        testId="ban-find"
      />
      {mayBan && (
        <Field
          label="Reason of a ban"
          hint="Shown to whoever is banned."
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          testId="ban-reason"
        />
      )}
      {(found.value === undefined || about === undefined) && error === undefined && (
        <SkeletonList count={4} label="Loading people" />
      )}
      {error !== undefined && <p role="alert">{sentenceOf(error)}</p>}
      {found.value !== undefined && people.length === 0 && <p className="admin-text">Nobody is called that.</p>}
      {about !== undefined && (
        <ul className="ban-people">
          {people.map((user) => (
            <PersonRow
              key={user.id}
              user={user}
              role={mayMake ? roleOf(about, user.id) : undefined}
              banned={about.bans.find(({ userId }) => userId === user.id)?.reason}
              mayBan={mayBan && user.id !== me.user.id}
              onMake={(role) => void make(user, role)}
              onBan={() => void ban(user, reason.trim() === "" ? "An administrator has banned you." : reason.trim())}
              onLift={() => void ban(user, null)}
            />
          ))}
        </ul>
      )}
    </>
  );
}
