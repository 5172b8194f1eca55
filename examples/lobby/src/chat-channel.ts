import { defineChannel, ok, refuse } from "wingbeat";
import { z } from "zod";
import { Message } from "./history.ts";
import type { History } from "./history.ts";
import { User } from "./user.ts";

const NewMessage = z.object({
  body: z.string().trim().min(1, "Write something first.").max(500, "Keep it below 500 characters."),
});

/** The chat: every topic that begins with `chat:` comes here, `join` decides which of them there are. */
export function chatChannel(history: History) {
  return defineChannel("chat:*")
    .assigns<{ user: User }>()
    .pushes({
      new_msg: Message,
      welcome: z.object({ text: z.string() }),
      user_joined: z.object({ user: User }),
      user_left: z.object({ user: User }),
    })
    .ephemeral("typing", z.literal(true), { key: (ctx) => ctx.assigns.user.name })
    .info<"after_join">()
    .join((ctx) => {
      switch (ctx.topic) {
        case "chat:lobby":
          ctx.send("after_join"); // nothing can be pushed yet: the client is on the topic when join has returned
          return ok({ messages: history.all().map((message) => seenBy(ctx.assigns.user, message)) });
        case "chat:secret":
          return refuse({ reason: "You don't have permission!" });
      }
      throw new Error(`there is no ${ctx.topic}`); // the client is told "join crashed", and nothing else suffers
    })
    .handleInfo((ctx) => {
      const { user } = ctx.assigns;
      ctx.push("welcome", { text: `Welcome to the lobby, ${user.name}!` });
      ctx.broadcastFrom("user_joined", { user });
    })
    .handleIn("new_msg", NewMessage, (ctx, { body }) => {
      ctx.broadcast("new_msg", history.add(ctx.assigns.user, body));
    })
    .handleOut("new_msg", (ctx, message) => {
      ctx.push("new_msg", seenBy(ctx.assigns.user, message));
    })
    .terminate((ctx) => {
      ctx.broadcastFrom("user_left", { user: ctx.assigns.user });
    });
}

function seenBy(user: User, message: Message): Message {
  return { ...message, mine: message.user.id === user.id };
}
