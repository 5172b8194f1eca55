import { userOf } from "../../visitor.ts";
import type { RoomContext } from "./context.ts";
import { viewerOf } from "./viewer.ts";

/** The user has pressed a key. It is told once; after `ms` without another key it is over. */
export function keepTyping(ctx: RoomContext, ms: number): void {
  // Whoever may not write does not write.
  if (!viewerOf(ctx).rights.post) return;
  const { typing } = ctx.assigns;
  typing?.cancel();
  ctx.assign({ typing: ctx.sendAfter("stopped typing", ms) });
  if (typing === undefined) tell(ctx, true);
}

/** The message was sent, the time is over, or the tab has gone. */
export function endTyping(ctx: RoomContext): void {
  if (ctx.assigns.typing === undefined) return;
  ctx.assigns.typing.cancel();
  ctx.assign({ typing: undefined });
  tell(ctx, false);
}

function tell(ctx: RoomContext, typing: boolean): void {
  const { id, username } = userOf(ctx);
  ctx.broadcastFrom("typing", { userId: id, username, typing });
}
