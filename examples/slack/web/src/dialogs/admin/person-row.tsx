import type { GlobalRole, User } from "@wingbeat/example-slack/contract";
import { Avatar } from "../../parts/avatar.tsx";
import { Button } from "../../parts/button.tsx";

export interface PersonRowProps {
  readonly user: User;
  /** Undefined: not to be seen, nor changed. */
  readonly role: GlobalRole | undefined;
  /** Why they are; undefined when they are not. */
  readonly banned: string | undefined;
  readonly mayBan: boolean;
  readonly onMake: (role: GlobalRole) => void;
  readonly onBan: () => void;
  readonly onLift: () => void;
}

/** Somebody, and what administrators can do about them. */
export function PersonRow({ user, role, banned, mayBan, onMake, onBan, onLift }: PersonRowProps) {
  return (
    <li className="ban-person">
      <Avatar user={user} size={36} />
      <div>
        <p className="truncate">{user.name}</p>
        <p className="ban-username truncate">@{user.username}</p>
        {banned !== undefined && <p className="ban-why">Banned: {banned}</p>}
      </div>
      {role !== undefined && (
        <select
          className="person-role"
          aria-label={`Role of ${user.name}`}
          value={role}
          onChange={(event) => onMake(event.target.value as GlobalRole)}
          data-testid={`global-role-${user.username}`}
        >
          <option value="admin">Admin</option>
          <option value="user">User</option>
          <option value="guest">Guest</option>
        </select>
      )}
      {mayBan &&
        (banned === undefined ? <BanButton user={user} onBan={onBan} /> : <LiftButton user={user} onLift={onLift} />)}
    </li>
  );
}

function BanButton({ user, onBan }: Pick<PersonRowProps, "user" | "onBan">) {
  return (
    <Button
      size="small"
      look="danger"
      data-testid={`ban-${user.username}`}
      onClick={onBan}
      aria-label={`Ban ${user.name}`}
    >
      Ban
    </Button>
  );
}

function LiftButton({ user, onLift }: Pick<PersonRowProps, "user" | "onLift">) {
  return (
    <Button
      size="small"
      data-testid={`unban-${user.username}`}
      onClick={onLift}
      aria-label={`Lift the ban of ${user.name}`}
    >
      Lift the ban
    </Button>
  );
}
