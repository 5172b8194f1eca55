import { Crown, Ellipsis, MessageSquare, MicOff, Mic, Shield, UserMinus, UserRound } from "lucide-react";
import { useMemo } from "react";
import type { Member, RoomRole, Status } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "../parts/menu.tsx";
import { StatusDot } from "../presence/status-dot.tsx";
import { useOpenRoom, useRow } from "../room/room-context.ts";
import { useStatuses, useWorkspace } from "../workspace.ts";
import { InviteForm } from "./invite-form.tsx";
import "./members-panel.css";

const ROLES: readonly { readonly value: RoomRole; readonly text: string; readonly testId: string }[] = [
  { value: "owner", text: "Owner", testId: "role-choice-owner" },
  { value: "moderator", text: "Moderator", testId: "role-choice-moderator" },
  { value: "member", text: "Member", testId: "role-choice-member" },
];

/** Who is in the room: those who are there first. What may be done with them is in their menu. */
export function MembersPanel() {
  const { state } = useOpenRoom();
  const { may } = useRow();
  const statuses = useStatuses();
  const statusOf = (id: number): Status => statuses.get(id) ?? "offline";
  const { here, away } = useMemo(() => {
    const named = [...state.members].sort((one, other) => one.user.name.localeCompare(other.user.name));
    return {
      here: named.filter(({ user }) => statusOf(user.id) !== "offline"),
      away: named.filter(({ user }) => statusOf(user.id) === "offline"),
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- statusOf reads statuses
  }, [state.members, statuses]);
  return (
    <>
      {may("invite-user") && state.room?.kind !== "direct" && <InviteForm />}
      <div className="room-panel-scroll">
        <Group title="Here" members={here} />
        <Group title="Offline" members={away} />
      </div>
    </>
  );
}

function Group({ title, members }: { readonly title: string; readonly members: readonly Member[] }) {
  if (members.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="room-panel-group">
        {title} · {members.length}
      </h3>
      <ul>
        {members.map((member) => (
          <MemberLine key={member.user.id} member={member} />
        ))}
      </ul>
    </section>
  );
}

function MemberLine({ member }: { readonly member: Member }) {
  const { user, role, muted } = member;
  const { me, openProfile } = useWorkspace();
  return (
    <li className="member" data-testid={`member-${user.username}`} data-role={role} data-muted={muted}>
      <button type="button" className="member-open" onClick={() => openProfile(user)}>
        <span className="member-avatar">
          <Avatar user={user} size={32} />
          <span className="member-dot">
            <StatusDot user={user} />
          </span>
        </span>
        <span className="member-names">
          <span className="member-name truncate">
            {user.name}
            {user.id === me.user.id && <span className="member-you"> you</span>}
          </span>
          <span className="member-username truncate">{user.username}</span>
        </span>
        {role === "owner" && <Crown className="member-role" size={15} role="img" aria-label="Owner" />}
        {role === "moderator" && <Shield className="member-role" size={15} role="img" aria-label="Moderator" />}
        {muted && <MicOff className="member-muted" size={15} role="img" aria-label="Muted" />}
      </button>
      {user.id !== me.user.id && <MemberMenu member={member} />}
    </li>
  );
}

function MemberMenu({ member }: { readonly member: Member }) {
  const { user, role, muted } = member;
  const { actions } = useOpenRoom();
  const { may } = useRow();
  const workspace = useWorkspace();
  const openDirect = async () => {
    await workspace.attempt(async () => workspace.openRoom((await workspace.actions.openDirect(user.id)).id));
  };
  return (
    <Menu
      label={`What can be done with ${user.name}`}
      align="end"
      trigger={
        <IconButton
          icon={Ellipsis}
          size="small"
          label={`More for ${user.name}`}
          data-testid={`member-menu-${user.username}`}
        />
      }
    >
      <MenuItem icon={MessageSquare} onSelect={() => void openDirect()}>
        Send a message
      </MenuItem>
      <MenuItem icon={UserRound} onSelect={() => workspace.openProfile(user)}>
        Profile
      </MenuItem>
      {may("set-role") && (
        <>
          <MenuLine />
          <div data-testid={`role-${user.username}`}>
            <MenuLabel>Role in this channel</MenuLabel>
            <MenuChoice
              label="Role"
              value={role}
              options={ROLES}
              onChange={(next) => void actions.setRole(user.id, next)}
            />
          </div>
        </>
      )}
      {(may("mute-user") || may("remove-user")) && <MenuLine />}
      {may("mute-user") && (
        <MenuItem
          icon={muted ? Mic : MicOff}
          testId={`mute-${user.username}`}
          onSelect={() => void actions.mute(user.id, !muted)}
        >
          {muted ? "Let them write again" : "Mute"}
        </MenuItem>
      )}
      {may("remove-user") && (
        <MenuItem danger icon={UserMinus} testId={`kick-${user.username}`} onSelect={() => void actions.kick(user.id)}>
          Remove from the channel
        </MenuItem>
      )}
    </Menu>
  );
}
