/** What the compiler knows of the server behind the hooks. Never run: `tsc -p tsconfig.test.json` is the test. */
import {
  createHooks,
  setSocket as setAnySocket,
  useChannel as useAnyChannel,
  useEvent,
  usePresence,
} from "@wingbeat/svelte";
import type { ChannelOf, Refusal, Socket } from "@wingbeat/client";
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
  const typed = hooks.useChannel(() => `room:${id}`);
  expectTypeOf<keyof typeof typed>().toEqualTypeOf<"channel" | "state" | "reply" | "error" | "push" | "cast">();
  expectTypeOf(typed.state).toEqualTypeOf<"joining" | "joined" | "errored" | "closed">();
  expectTypeOf(typed.reply).toEqualTypeOf<{ messages: string[] } | undefined>();
  expectTypeOf(typed.error?.reason).toExtend<string | undefined>();
  expectTypeOf(typed.error?.response).toEqualTypeOf<Refusal | undefined>();
  expectTypeOf(typed.channel).toEqualTypeOf<ChannelOf<typeof userSocket, "room:1"> | null>();
  expectTypeOf(typed.push("new_msg", { body: "hi" }).then((reply) => reply.id)).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error no such event
  typed.push("new_mesg", { body: "hi" });
  // @ts-expect-error no such payload
  typed.push("new_msg", { text: "hi" });
  // @ts-expect-error the payload is needed
  typed.push("new_msg");
  expectTypeOf(typed.cast("new_msg", { body: "hi" })).toEqualTypeOf<boolean>();
  // @ts-expect-error no such payload
  typed.cast("new_msg", { text: "hi" });

  hooks.useEvent(
    () => typed.channel,
    "new_msg",
    (message) => expectTypeOf(message).toEqualTypeOf<{ body: string; at: string }>(),
  );
  hooks.useEvent(
    () => typed.channel,
    // @ts-expect-error the server pushes no such event
    "new_mesg",
    () => {},
  );

  hooks.useChannel(
    () => "room:1",
    () => ({ since: 1 }),
  );
  hooks.useChannel(
    () => "room:1",
    () => async () => ({ since: 1 }),
    () => ({ rewind: 50 }),
  );
  hooks.useChannel(() => null);
  const possible = hooks.useChannel(() => (maybe === undefined ? null : `room:${maybe}`));
  if (possible.state === "joined") expectTypeOf(possible.reply).toEqualTypeOf<{ messages: string[] }>();
  // @ts-expect-error no such topic
  hooks.useChannel(() => "rom:1");
  hooks.useChannel(
    () => "room:1",
    // @ts-expect-error no such params
    () => ({ since: "yesterday" }),
  );
  hooks.useChannel(
    () => "game:lobby",
    () => ({ level: 1 }),
  );
  // @ts-expect-error the params are needed
  hooks.useChannel(() => "game:lobby");
  // @ts-expect-error arguments are getters
  hooks.useChannel("room:1");

  const present = hooks.useChannel(() => "people:1");
  const who = hooks.usePresence(() => present.channel);
  expectTypeOf(who.list[0]?.key).toEqualTypeOf<string | undefined>();
  expectTypeOf(who.list[0]?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(who.state["ada"]?.metas[0]?.device).toEqualTypeOf<string | undefined>();
  // @ts-expect-error a snapshot is not to be changed
  who.list.pop();
  expectTypeOf(hooks.useRecovery(() => typed.channel).recovered).toEqualTypeOf<boolean | undefined>();
  expectTypeOf(hooks.useSocket().current).toEqualTypeOf<Socket<typeof userSocket>>();
  expectTypeOf(hooks.useConnection().current).toEqualTypeOf<
    "connecting" | "open" | "reconnecting" | "closed" | "refused"
  >();
  expectTypeOf(hooks.useRefusal().current).toEqualTypeOf<{
    readonly reason: { why: string } | Refusal | undefined;
  } | null>();
}

export function useUntyped() {
  const any = useAnyChannel(
    () => "any:topic",
    () => ({ any: "params" }),
  );
  expectTypeOf(any.reply).toEqualTypeOf<unknown>();
  any.push("any event", { any: "payload" });
  useEvent(
    () => any.channel,
    "any event",
    (payload: { body: string }) => payload.body,
  );
  const who = usePresence<{ online_at: string }>(() => any.channel);
  expectTypeOf(who.list[0]?.metas[0]?.online_at).toEqualTypeOf<string | undefined>();
  expectTypeOf(who.list[0]?.["name"]).toEqualTypeOf<unknown>();
  expectTypeOf(usePresence(() => any.channel).list[0]?.["name"]).toEqualTypeOf<unknown>();
}

export function setting(socket: Socket<typeof userSocket>, other: Socket<{ readonly "~contract": never }>) {
  hooks.setSocket(() => socket);
  hooks.setSocket(
    () => "/socket",
    () => ({ params: { token: "t" } }),
  );
  setAnySocket(
    () => "/socket",
    () => ({ params: async () => ({ token: "t" }) }),
  );
  hooks.setSocket(
    // @ts-expect-error a socket has its options already
    () => socket,
    () => ({ params: {} }),
  );
  // @ts-expect-error neither a url nor a socket
  hooks.setSocket(() => undefined);
  // @ts-expect-error arguments are getters
  hooks.setSocket("/socket");
  // @ts-expect-error the socket of another server
  hooks.setSocket(() => other);
}
