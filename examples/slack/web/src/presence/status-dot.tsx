import type { Status, User } from "@wingbeat/example-slack/contract";
import { useStatus } from "../workspace/context.ts";
import { STATUS_NAMES } from "./status-names.ts";
import { StatusMark } from "./status-mark.tsx";

/** Whether somebody is there, followed. Has a name for screen readers. */
export function StatusDot({ user, size }: { readonly user: Pick<User, "id" | "username">; readonly size?: number }) {
  const status: Status = useStatus(user.id);
  return (
    <span
      className="status-dot"
      role="img"
      aria-label={STATUS_NAMES[status]}
      data-testid={`presence-${user.username}`}
      data-status={status}
    >
      <StatusMark status={status} {...(size === undefined ? {} : { size })} />
    </span>
  );
}
