import type { User } from "@wingbeat/example-slack/contract";
import { MessageSquare } from "lucide-react";
import { Avatar } from "../parts/avatar.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog, DialogBody } from "../parts/dialog.tsx";
import { useToast } from "../parts/toasts.tsx";
import { StatusDot } from "../presence/status-dot.tsx";
import { STATUS_NAMES } from "../presence/status-names.ts";
import { useStatus, useWorkspace } from "../workspace/context.ts";
import "./profile-dialog.css";

/** Who somebody is, and what one can do about it. */
export function ProfileDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const { me, ignored, actions, attempt, openRoom } = useWorkspace();
  const toast = useToast();
  const isIgnored = ignored.includes(user.id);
  const status = useStatus(user.id);
  const isMe = user.id === me.user.id;
  const write = () =>
    attempt(async () => {
      const room = await actions.openDirect(user.id);
      onClose();
      openRoom(room.id);
    });
  const ignore = (wanted: boolean) =>
    attempt(async () => {
      await actions.setIgnored(user.id, wanted);
      toast(wanted ? `You do not hear of ${user.name} any more.` : `You hear of ${user.name} again.`);
    });
  return (
    <Dialog size="small" title={isMe ? "Your profile" : "Profile"} onClose={onClose} testId="profile">
      <DialogBody>
        <div className="profile-who">
          <Avatar user={user} size={72} />
          <div className="profile-names">
            <p className="profile-name">{user.name}</p>
            <p className="profile-username">@{user.username}</p>
            <p className="profile-status">
              <StatusDot user={user} />
              {STATUS_NAMES[status]}
            </p>
          </div>
        </div>
        {isMe ? (
          <dl className="profile-facts">
            <dt>Roles</dt>
            <dd>{me.roles.join(", ")}</dd>
            <dt>Others see you as</dt>
            <dd>{STATUS_NAMES[status]}</dd>
          </dl>
        ) : (
          <>
            <div className="profile-actions">
              <Button look="primary" data-testid={`open-dm-${user.username}`} onClick={() => void write()}>
                <MessageSquare size={16} aria-hidden="true" /> Message
              </Button>
            </div>
            <div className="profile-ignore">
              <p>
                {isIgnored
                  ? `You ignore ${user.name}: you are shown nothing they write, and you cannot write to each other.`
                  : "Of people whom you ignore you are shown nothing. You cannot write to each other then."}
              </p>
              <Button
                size="small"
                data-testid={`${isIgnored ? "unignore" : "ignore"}-${user.username}`}
                onClick={() => void ignore(!isIgnored)}
              >
                {isIgnored ? "Stop ignoring" : "Ignore"}
              </Button>
            </div>
          </>
        )}
      </DialogBody>
    </Dialog>
  );
}
