import { useEffect } from "react";
import type { SystemChannel, UserChannel } from "./channels.ts";

/**
 * Tells the server what this tab does: which room it shows, and whether somebody looks. Told again after every join,
 * since a channel that has joined anew knows nothing of the old one.
 */
export function useTabState(
  user: UserChannel,
  system: SystemChannel,
  { active, roomId }: { readonly active: boolean; readonly roomId: number | null },
): void {
  // What cannot be told now is told after the next join.
  useEffect(() => {
    if (user.state === "joined") user.push("room:open", { roomId });
  }, [user.state, user.push, roomId]);
  useEffect(() => {
    if (user.state === "joined") user.push("state", { active });
  }, [user.state, user.push, active]);
  useEffect(() => {
    if (system.state === "joined") system.push(active ? "state:focus" : "state:blur", {});
  }, [system.state, system.push, active]);
}
