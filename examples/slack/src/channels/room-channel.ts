import { Broadcast, conflate, defineChannel, stop } from "wingbeat";
import { z } from "zod";
import { carryOut, perform } from "../announce.ts";
import { runCommand } from "../commands.ts";
import type { RoomCommands, RoomPushes } from "../contract.ts";
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
import { answer } from "./answer.ts";
import { joinRoomChannel } from "./room/join.ts";
import { followOwn, pushRights } from "./room/own.ts";
import { endTyping, keepTyping } from "./room/typing.ts";
import { viewerOf } from "./room/viewer.ts";
import type { RoomTab } from "./room/viewer.ts";
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
  const { db, typingMs } = services;
  return (
    defineChannel("room:{id}")
      .assigns<RoomTab>()
      .info<"stopped typing">()
      // Who reads slowly gets what is true now, not each change.
      .pushes<RoomPushes & RoomCommands>({ typing: conflate(({ userId }) => userId) })
      .join(z.object({ after: Seq.optional() }), (ctx, { after }) => answer(() => joinRoomChannel(db, ctx, after)))
      // Whoever is removed hears of it at once; this is for those whom that did not reach.
      .reauthorize((ctx) => answer(() => ensureView(db, userOf(ctx).id, viewerOf(ctx).roomId).then(() => ({}))))

      .handleIn("message:send", Draft, (ctx, draft) =>
        answer(async () => {
          const { roomId, own } = viewerOf(ctx);
          const from = { roomId, userId: userOf(ctx).id, onlineIds: () => onlineIds(ctx) };
          const { message, notice } = await perform(db, ctx.endpoint, roomId, () => sendMessage(db, from, draft));
          endTyping(ctx);
          if (notice !== null) ctx.push("notice", { text: notice });
          return { message: own(message) };
        }),
      )
      .handleIn(
        "message:edit",
        z.object({ id: BigId, body: Body.min(1, "A message is not empty.") }),
        (ctx, { id, body }) =>
          answer(async () => {
            const { roomId, own } = viewerOf(ctx);
            const by = { roomId, userId: userOf(ctx).id, onlineIds: () => onlineIds(ctx) };
            const { message, notice } = await perform(db, ctx.endpoint, roomId, () => editMessage(db, by, id, body));
            endTyping(ctx);
            if (notice !== null) ctx.push("notice", { text: notice });
            return { message: own(message) };
          }),
      )
      .handleIn("message:delete", z.object({ id: BigId }), (ctx, { id }) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          await perform(db, ctx.endpoint, roomId, () => deleteMessage(db, userOf(ctx).id, roomId, id));
          return {};
        }),
      )
      .handleIn("react", Reaction, (ctx, { messageId, emoji }) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          const { id } = userOf(ctx);
          const reactions = await perform(db, ctx.endpoint, roomId, () =>
            toggleReaction(db, id, roomId, messageId, emoji),
          );
          return { reactions };
        }),
      )
      .handleIn("pin", z.object({ messageId: BigId, pinned: z.boolean() }), (ctx, { messageId, pinned }) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          await perform(db, ctx.endpoint, roomId, () => pinMessage(db, userOf(ctx).id, roomId, messageId, pinned));
          return {};
        }),
      )
      .handleIn("star", z.object({ messageId: BigId, starred: z.boolean() }), (ctx, { messageId, starred }) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          await carryOut(ctx.endpoint, () => starMessage(db, userOf(ctx).id, roomId, messageId, starred));
          return {};
        }),
      )
      .handleIn("typing", (ctx) => keepTyping(ctx, typingMs))

      .handleIn("history", Where, (ctx, where) =>
        answer(() => history(db, userOf(ctx).id, viewerOf(ctx).roomId, where)),
      )
      .handleIn("pins", (ctx) =>
        answer(async () => ({ messages: await pinnedIn(db, userOf(ctx).id, viewerOf(ctx).roomId) })),
      )
      .handleIn("files", (ctx) =>
        answer(async () => ({ messages: await filesIn(db, userOf(ctx).id, viewerOf(ctx).roomId) })),
      )

      .handleIn("command", z.object({ name: Line(32), args: Body }), (ctx, { name, args }) =>
        answer(() => {
          const { endpoint } = ctx;
          const by = { db, endpoint, userId: userOf(ctx).id, roomId: viewerOf(ctx).roomId };
          return runCommand({ ...by, onlineIds: () => onlineIds(ctx) }, name, args);
        }),
      )
      .handleIn("member:invite", Person, (ctx, { userId }) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          await perform(db, ctx.endpoint, roomId, () => inviteMember(db, userOf(ctx).id, roomId, userId));
          return {};
        }),
      )
      .handleIn("member:kick", Person, (ctx, { userId }) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          await perform(db, ctx.endpoint, roomId, () => kickMember(db, userOf(ctx).id, roomId, userId));
          return {};
        }),
      )
      .handleIn("member:mute", Person.extend({ muted: z.boolean() }), (ctx, { userId, muted }) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          await perform(db, ctx.endpoint, roomId, () => muteMember(db, userOf(ctx).id, roomId, userId, muted));
          return {};
        }),
      )
      .handleIn("member:role", Person.extend({ role: z.enum(["owner", "moderator", "member"]) }), (ctx, payload) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          const { userId, role } = payload;
          await perform(db, ctx.endpoint, roomId, () => setRole(db, userOf(ctx).id, roomId, userId, role));
          return {};
        }),
      )
      .handleIn("settings", Setting, (ctx, setting) =>
        answer(async () => {
          const { roomId } = viewerOf(ctx);
          const room = await perform(db, ctx.endpoint, roomId, () => changeRoom(db, userOf(ctx).id, roomId, setting));
          return { room };
        }),
      )

      // As each user is to see it.
      .handleOut("message:new", (ctx, message) => {
        const { sees, own, lastJoined } = viewerOf(ctx);
        if (message.seq > lastJoined && sees(message.user.id)) ctx.push("message:new", own(message));
      })
      .handleOut("message:updated", (ctx, message) => {
        const { sees, own } = viewerOf(ctx);
        if (sees(message.user.id)) ctx.push("message:updated", own(message));
      })
      .handleOut("typing", (ctx, payload) => {
        if (payload.userId !== userOf(ctx).id && viewerOf(ctx).sees(payload.userId)) ctx.push("typing", payload);
      })
      .handleOut("room:state_change", (ctx) => pushRights(db, ctx))
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

      .handleInfo(async (ctx, message) => {
        if (message instanceof Broadcast) return followOwn(db, ctx, message);
        endTyping(ctx);
        return undefined;
      })
      .terminate((ctx) => endTyping(ctx))
  );
}
