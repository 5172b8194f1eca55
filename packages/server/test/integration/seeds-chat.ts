/** The chat of seed 1: one socket with a token, one channel with a lobby, a secret topic and one that no clause knows. */
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";

interface User {
  readonly name: string;
}

interface Message {
  readonly body: string;
  readonly from: string;
  readonly mine?: boolean;
}

/** What `find_user` finds. */
const USERS: Readonly<Record<string, User>> = { "token-ada": { name: "ada" }, "token-bob": { name: "bob" } };

export function chatSocket(ended: (line: string) => void = () => {}) {
  const messages: Message[] = [];
  const chat = defineChannel("chat:*")
    .assigns<{ user: User }>()
    .pushes<{ new_msg: Message; notice: { text: string }; plain: object; hush: object }>()
    .join((ctx) => {
      if (ctx.topic === "chat:lobby") return ok({ messages });
      if (ctx.topic === "chat:secret") return refuse({ reason: "You don't have permission!" });
      if (ctx.topic === "chat:side") return ok();
      throw new Error(`no clause for ${ctx.topic}`);
    })
    .handleIn("new_msg", (ctx, payload) => {
      const message = { body: String((payload as { body?: unknown }).body), from: ctx.assigns.user.name };
      messages.push(message);
      ctx.broadcast("new_msg", message);
    })
    .handleIn("plain", (ctx, payload) => ctx.broadcast("plain", payload as object))
    .handleIn("hush", (ctx) => ctx.broadcast("hush", {}))
    .handleIn("to_others", (ctx, payload) => ctx.broadcastFrom("plain", payload as object))
    .handleIn("to_me", (ctx, payload) => ctx.push("plain", payload as object))
    .handleIn("who", (ctx) => ok({ user: ctx.assigns.user }))
    .handleIn("crash", () => {
      throw new Error("crash on request");
    })
    .handleOut("new_msg", (ctx, message) =>
      ctx.push("new_msg", { ...message, mine: message.from === ctx.assigns.user.name }),
    )
    .handleOut("hush", () => {})
    .terminate((ctx, reason) => ended(`${ctx.assigns.user.name} ${ctx.topic} ${reason}`));
  return defineSocket({
    connect: (params) => {
      const user = USERS[String(params["token"])];
      return user === undefined ? refuse() : ok({ user });
    },
    id: () => null,
    channels: [chat],
  });
}
