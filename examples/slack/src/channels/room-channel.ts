import { ok, stop } from "wingbeat";
import { z } from "zod";
import { carryOut, perform } from "../announce.ts";
import { runCommand } from "../commands.ts";
import {
  deleteMessage,
  editMessage,
  filesIn,
  history,
  pinMessage,
  pinnedIn,
  sendMessage,
  starMessage,
  toggleReaction,
} from "../messages.ts";
import { onlineIds } from "../presence.ts";
import { changeRoom, ensureView, inviteMember, kickMember, muteMember, setRole } from "../rooms.ts";
import type { Services } from "../services.ts";
import { userOf } from "../visitor.ts";
import { roomBase } from "./room/context.ts";
import { joinRoomChannel } from "./room/join.ts";
import { followOwn, pushRights } from "./room/own.ts";
import { viewerOf } from "./room/viewer.ts";
import { BigId, Body, Id, Line, RoomName, Seq } from "../shapes.ts";

const Draft = z.object({
  clientId: z.string().regex(/^[\w-]{1,64}$/),
  body: Body,
  replyTo: BigId.optional(),
  attachmentIds: z.array(Id).max(10, "A message has at most 10 images.").optional(),
});
const Reaction = z.object({
  messageId: BigId,
  // A flag, a family with skin tones, a keycap: whatever is drawn as one or two pictures.
  emoji: z
    .string()
    .max(32)
    .regex(
      /^[\p{Emoji}\p{Emoji_Component}]*[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3][\p{Emoji}\p{Emoji_Component}]*$/u,
    ),
});
const Where = z.object({
  before: Seq.optional(),
  after: Seq.optional(),
  around: Seq.optional(),
  limit: z.number().int().min(1).max(100).default(50),
});
const Setting = z.discriminatedUnion("field", [
  z.object({ field: z.literal("name"), value: RoomName }),
  z.object({ field: z.literal("topic"), value: Line(250) }),
  z.object({ field: z.literal("readOnly"), value: z.boolean() }),
  z.object({ field: z.literal("archived"), value: z.boolean() }),
]);
const Person = z.object({ userId: Id });

/** The room on the screen. Who is not in it may read it when it is public. */
export function roomChannel(services: Services) {
  const { db } = services;
  return (
    roomBase
      .join(async (ctx) => ok(await joinRoomChannel(db, ctx)))
      // Whoever is removed hears of it at once; this is for those whom that did not reach.
      .reauthorize(async (ctx) => {
        await ensureView(db, userOf(ctx).id, viewerOf(ctx).roomId);
        return ok();
      })

      .handleIn("message:send", Draft, async (ctx, draft) => {
        const { roomId, own } = viewerOf(ctx);
        const from = { roomId, userId: userOf(ctx).id, onlineIds: () => onlineIds(ctx) };
        const { message, notice } = await perform(db, ctx.endpoint, roomId, () => sendMessage(db, from, draft));
        if (notice !== null) ctx.push("notice", { text: notice });
        return ok({ message: own(message) });
      })
      .handleIn(
        "message:edit",
        z.object({ id: BigId, body: Body.min(1, "A message is not empty.") }),
        async (ctx, { id, body }) => {
          const { roomId, own } = viewerOf(ctx);
          const by = { roomId, userId: userOf(ctx).id, onlineIds: () => onlineIds(ctx) };
          const { message, notice } = await perform(db, ctx.endpoint, roomId, () => editMessage(db, by, id, body));
          if (notice !== null) ctx.push("notice", { text: notice });
          return ok({ message: own(message) });
        },
      )
      .handleIn("message:delete", z.object({ id: BigId }), async (ctx, { id }) => {
        const { roomId } = viewerOf(ctx);
        await perform(db, ctx.endpoint, roomId, () => deleteMessage(db, userOf(ctx).id, roomId, id));
        return ok({});
      })
      .handleIn("react", Reaction, async (ctx, { messageId, emoji }) => {
        const { roomId } = viewerOf(ctx);
        const { id } = userOf(ctx);
        const reactions = await perform(db, ctx.endpoint, roomId, () =>
          toggleReaction(db, id, roomId, messageId, emoji),
        );
        return ok({ reactions });
      })
      .handleIn("pin", z.object({ messageId: BigId, pinned: z.boolean() }), async (ctx, { messageId, pinned }) => {
        const { roomId } = viewerOf(ctx);
        await perform(db, ctx.endpoint, roomId, () => pinMessage(db, userOf(ctx).id, roomId, messageId, pinned));
        return ok({});
      })
      .handleIn("star", z.object({ messageId: BigId, starred: z.boolean() }), async (ctx, { messageId, starred }) => {
        const { roomId } = viewerOf(ctx);
        await carryOut(ctx.endpoint, () => starMessage(db, userOf(ctx).id, roomId, messageId, starred));
        return ok({});
      })

      .handleIn("history", Where, async (ctx, where) =>
        ok(await history(db, userOf(ctx).id, viewerOf(ctx).roomId, where)),
      )
      .handleIn("pins", async (ctx) => ok({ messages: await pinnedIn(db, userOf(ctx).id, viewerOf(ctx).roomId) }))
      .handleIn("files", async (ctx) => ok({ messages: await filesIn(db, userOf(ctx).id, viewerOf(ctx).roomId) }))

      .handleIn("command", z.object({ name: Line(32), args: Body }), async (ctx, { name, args }) => {
        const { endpoint } = ctx;
        const by = { db, endpoint, userId: userOf(ctx).id, roomId: viewerOf(ctx).roomId };
        return ok(await runCommand({ ...by, onlineIds: () => onlineIds(ctx) }, name, args));
      })
      .handleIn("member:invite", Person, async (ctx, { userId }) => {
        const { roomId } = viewerOf(ctx);
        await perform(db, ctx.endpoint, roomId, () => inviteMember(db, userOf(ctx).id, roomId, userId));
        return ok({});
      })
      .handleIn("member:kick", Person, async (ctx, { userId }) => {
        const { roomId } = viewerOf(ctx);
        await perform(db, ctx.endpoint, roomId, () => kickMember(db, userOf(ctx).id, roomId, userId));
        return ok({});
      })
      .handleIn("member:mute", Person.extend({ muted: z.boolean() }), async (ctx, { userId, muted }) => {
        const { roomId } = viewerOf(ctx);
        await perform(db, ctx.endpoint, roomId, () => muteMember(db, userOf(ctx).id, roomId, userId, muted));
        return ok({});
      })
      .handleIn(
        "member:role",
        Person.extend({ role: z.enum(["owner", "moderator", "member"]) }),
        async (ctx, payload) => {
          const { roomId } = viewerOf(ctx);
          const { userId, role } = payload;
          await perform(db, ctx.endpoint, roomId, () => setRole(db, userOf(ctx).id, roomId, userId, role));
          return ok({});
        },
      )
      .handleIn("settings", Setting, async (ctx, setting) => {
        const { roomId } = viewerOf(ctx);
        const room = await perform(db, ctx.endpoint, roomId, () => changeRoom(db, userOf(ctx).id, roomId, setting));
        return ok({ room });
      })

      // As each user is to see it.
      .handleOut("message:new", (ctx, message) => {
        const { sees, own } = viewerOf(ctx);
        if (sees(message.user.id)) ctx.push("message:new", own(message));
      })
      .handleOut("message:updated", (ctx, message) => {
        const { sees, own } = viewerOf(ctx);
        if (sees(message.user.id)) ctx.push("message:updated", own(message));
      })
      .handleOut("typing", (ctx, payload) => {
        if (payload.key !== userOf(ctx).id && viewerOf(ctx).sees(payload.key)) ctx.push("typing", payload);
      })
      .handleCommand("room:state_change", (ctx) => pushRights(db, ctx))
      .handleOut("member:joined", async (ctx, payload) => {
        ctx.push("member:joined", payload);
        return payload.member.user.id === userOf(ctx).id ? pushRights(db, ctx) : undefined;
      })
      .handleOut("member:changed", async (ctx, payload) => {
        ctx.push("member:changed", payload);
        return payload.member.user.id === userOf(ctx).id ? pushRights(db, ctx) : undefined;
      })
      .handleOut("member:left", async (ctx, payload) => {
        ctx.push("member:left", payload);
        if (payload.userId !== userOf(ctx).id) return undefined;
        return payload.why === "kicked" || viewerOf(ctx).isPrivate ? stop() : pushRights(db, ctx);
      })
      // What nobody changes waits its turn like the rest: after the message that it is about, and never after a kick.
      .handleOut("message:deleted", (ctx, payload) => ctx.push("message:deleted", payload))
      .handleOut("reaction", (ctx, payload) => ctx.push("reaction", payload))
      .handleOut("pinned", (ctx, payload) => ctx.push("pinned", payload))
      .handleOut("room:update", (ctx, payload) => ctx.push("room:update", payload))

      .handleInfo((ctx, message) => followOwn(db, ctx, message))
  );
}
