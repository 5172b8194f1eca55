import type { ManualStatus, Status } from "@wingbeat/example-slack/contract";

export const STATUS_NAMES: Readonly<Record<Status | ManualStatus, string>> = {
  online: "Online",
  away: "Away",
  busy: "Busy",
  offline: "Offline",
  invisible: "Invisible",
};
