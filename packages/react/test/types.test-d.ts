/** What the compiler knows of the server behind the hooks. Never run: `tsc -p tsconfig.test.json` is the test. */
import {
  SocketProvider as AnyProvider,
  createHooks,
  useChannel as useAnyChannel,
  useEvent,
  usePresence,
} from "@wingbeat/react";
import type { ChannelOf, Refusal, Socket } from "@wingbeat/client";
import { createElement } from "react";
import { expectTypeOf } from "vitest";
import { defineChannel, defineSocket, ok, refuse } from "wingbeat";
import { z } from "zod";

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string; at: Date } }>()
  .join(z.object({ since: z.number().optional() }), () => ok({ messages: ["hi"] }))
  .handleIn("new_msg", z.object({ body: z.string() }), () => ok({ id: 7 }));
const game = defineChannel("game:lobby").join(z.object({ level: z.number() }), () => ok());
interface Person {
  readonly metas: readonly { readonly phx_ref: string; readonly device: string }[];
  readonly name: string;
}
const people = defineChannel("people:*")
  .pushes<{ presence_state: Record<string, Person> }>()
  .join(() => ok());
const userSocket = defineSocket({
  connect: ({ token }) => (token === "x" ? ok() : refuse({ why: "token" })),
  channels: [room, game, people],
});

const hooks = createHooks<typeof userSocket>();

export function useTyped(id: string, maybe: string | undefined) {
  const { channel, state, reply, error, push, cast, ...rest } = hooks.useChannel(`room:${id}`);
  expectTypeOf(rest).toEqualTypeOf<{}>();
  expectTypeOf(state).toEqualTypeOf<"joining" | "joined" | "errored" | "closed">();
  expectTypeOf(reply).toEqualTypeOf<{ messages: string[] } | undefined>();
  expectTypeOf(error?.reason).toExtend<string | undefined>();
  expectTypeOf(error?.response).toEqualTypeOf<Refusal | undefined>();
  expectTypeOf(channel).toEqualTypeOf<ChannelOf<typeof userSocket, "room:1"> | null>();
  expectTypeOf(push("new_msg", { body: "hi" }).then(({ id }) => id)).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error no such event
  push("new_mesg", { body: "hi" });
  // @ts-expect-error no such payload
  push("new_msg", { text: "hi" });
  // @ts-expect-error the payload is needed
  push("new_msg");
  expectTypeOf(cast("new_msg", { body: "hi" })).toEqualTypeOf<boolean>();
  // @ts-expect-error no such payload
  cast("new_msg", { text: "hi" });

  hooks.useEvent(channel, "new_msg", (message) => expectTypeOf(message).toEqualTypeOf<{ body: string; at: string }>());
  // @ts-expect-error the server pushes no such event
  hooks.useEvent(channel, "new_mesg", () => {});

  hooks.useChannel("room:1", { since: 1 });
  hooks.useChannel("room:1", async () => ({ since: 1 }));
  hooks.useChannel(null);
  const possible = hooks.useChannel(maybe === undefined ? null : `room:${maybe}`);
  if (possible.state === "joined") expectTypeOf(possible.reply).toEqualTypeOf<{ messages: string[] }>();
  expectTypeOf(hooks.useSuspenseChannel(`room:${id}`).reply).toEqualTypeOf<{ messages: string[] }>();
  // @ts-expect-error nothing to wait for
  hooks.useSuspenseChannel(null);
  expectTypeOf(hooks.usePendingPushes(channel)[0]?.event).toEqualTypeOf<string | undefined>();
  // @ts-expect-error no such topic
  hooks.useChannel("rom:1");
  // @ts-expect-error no such params
  hooks.useChannel("room:1", { since: "yesterday" });
  hooks.useChannel("game:lobby", { level: 1 });
  // @ts-expect-error the params are needed
  hooks.useChannel("game:lobby");

  const { list, state: byKey } = hooks.usePresence(hooks.useChannel("people:1").channel);
  expectTypeOf(list[0]?.key).toEqualTypeOf<string | undefined>();
  expectTypeOf(list[0]?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(byKey["ada"]?.metas[0]?.device).toEqualTypeOf<string | undefined>();
  expectTypeOf(hooks.useSocket()).toEqualTypeOf<Socket<typeof userSocket>>();
  expectTypeOf(hooks.useConnection()).toEqualTypeOf<"connecting" | "open" | "reconnecting" | "closed" | "refused">();
  expectTypeOf(hooks.useRefusal()).toEqualTypeOf<{ readonly reason: { why: string } | Refusal | undefined } | null>();
  // @ts-expect-error a snapshot is not to be changed
  list.pop();
}

export function useUntyped() {
  const { channel, push, reply } = useAnyChannel("any:topic", { any: "params" });
  expectTypeOf(reply).toEqualTypeOf<unknown>();
  push("any event", { any: "payload" });
  useEvent(channel, "any event", (payload: { body: string }) => payload.body);
  const { list } = usePresence<{ online_at: string }>(channel);
  expectTypeOf(list[0]?.metas[0]?.online_at).toEqualTypeOf<string | undefined>();
  expectTypeOf(list[0]?.["name"]).toEqualTypeOf<unknown>();
  expectTypeOf(usePresence(channel).list[0]?.["name"]).toEqualTypeOf<unknown>();
}

export function elements(socket: Socket<typeof userSocket>) {
  createElement(hooks.SocketProvider, { socket });
  createElement(AnyProvider, { url: "/socket", options: { params: { token: "t" } } }, "children");
  // @ts-expect-error a socket, or what to make one of
  hooks.SocketProvider({ socket, url: "/socket" });
  // @ts-expect-error neither
  hooks.SocketProvider({});
}
