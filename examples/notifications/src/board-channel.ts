import { defineChannel, ok } from "wingbeat";
import type { Board, Comment } from "./board.ts";
import { presence } from "./notification-channel.ts";
import type { User } from "./users.ts";

/** The board itself. Who is on it reads it, and needs no notification of what is written there. */
export function boardChannel(board: Board) {
  return defineChannel("board")
    .assigns<{ user: User }>()
    .pushes<{ comment: Comment; comment_removed: { id: number } }>()
    .join(async (ctx) => {
      presence.track(ctx, ctx.assigns.user.id, {});
      return ok({ comments: await board.all() });
    });
}
