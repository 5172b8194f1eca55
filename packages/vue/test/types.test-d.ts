/** What the compiler knows of the server behind the composables. Never run: `tsc -p tsconfig.test.json` is the test. */
import type { ChannelOf, Refusal, Socket } from "@wingbeat/client";
import type { ConnectionStatus } from "@wingbeat/vue";
import { createHooks, provideSocket, useChannel as useAnyChannel, useEvent, usePresence } from "@wingbeat/vue";
import { expectTypeOf } from "vitest";
import { computed, ref } from "vue";
import type { Ref } from "vue";
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

export async function typed(props: {
  readonly id: string;
  readonly maybe: string | undefined;
  readonly level: number;
}) {
  const { channel, state, reply, error, push, cast } = hooks.useChannel(() => `room:${props.id}`);
  expectTypeOf(state.value).toEqualTypeOf<"joining" | "joined" | "errored" | "closed">();
  expectTypeOf(reply.value).toEqualTypeOf<{ messages: string[] } | undefined>();
  expectTypeOf(error.value?.response).toEqualTypeOf<Refusal | undefined>();
  expectTypeOf(channel.value).toEqualTypeOf<ChannelOf<typeof userSocket, "room:1"> | null>();
  expectTypeOf(push("new_msg", { body: "hi" }).then(({ id }) => id)).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error no such event
  push("new_mesg", { body: "hi" });
  // @ts-expect-error no such payload
  push("new_msg", { text: "hi" });
  expectTypeOf(cast("new_msg", { body: "hi" })).toEqualTypeOf<boolean>();
  // @ts-expect-error no such payload
  cast("new_msg", { text: "hi" });

  hooks.useEvent(channel, "new_msg", (message) => expectTypeOf(message).toEqualTypeOf<{ body: string; at: string }>());
  hooks.useEvent(
    () => channel.value,
    "new_msg",
    (message) => expectTypeOf(message.at).toEqualTypeOf<string>(),
  );
  // @ts-expect-error the server pushes no such event
  hooks.useEvent(channel, "new_mesg", () => {});

  hooks.useChannel("room:1", { since: 1 });
  hooks.useChannel("room:1", () => ({ since: props.level }));
  hooks.useChannel(
    "room:1",
    computed(() => ({ since: props.level })),
  );
  hooks.useChannel("room:1", () => async () => ({ since: 1 }));
  hooks.useChannel("room:1", {}, () => ({ rewind: props.level }));
  hooks.useChannel(null);
  hooks.useChannel(ref<`room:${string}` | null>(null));
  hooks.useChannel(() => (props.maybe === undefined ? null : `room:${props.maybe}`));
  // @ts-expect-error no such topic
  hooks.useChannel("rom:1");
  // @ts-expect-error no such topic
  hooks.useChannel(() => `rom:${props.id}`);
  // @ts-expect-error no such params
  hooks.useChannel("room:1", { since: "yesterday" });
  // @ts-expect-error no such params
  hooks.useChannel("room:1", () => ({ since: "yesterday" }));
  hooks.useChannel("game:lobby", { level: 1 });
  hooks.useChannel("game:lobby", () => ({ level: props.level }));
  // @ts-expect-error the params are needed
  hooks.useChannel("game:lobby");

  const awaited = await hooks.useChannel("room:1");
  expectTypeOf(awaited.reply.value).toEqualTypeOf<{ messages: string[] } | undefined>();
  expectTypeOf(awaited).not.toHaveProperty("then");

  const { list, state: byKey, synced } = hooks.usePresence(hooks.useChannel("people:1").channel);
  expectTypeOf(list.value[0]?.key).toEqualTypeOf<string | undefined>();
  expectTypeOf(list.value[0]?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(byKey.value["ada"]?.metas[0]?.device).toEqualTypeOf<string | undefined>();
  expectTypeOf(synced.value).toEqualTypeOf<boolean>();
  // @ts-expect-error a snapshot is not to be changed
  list.value.pop();

  expectTypeOf(hooks.useRecovery(channel).value.recovered).toEqualTypeOf<boolean | undefined>();
  expectTypeOf(hooks.useSocket().value).toEqualTypeOf<Socket<typeof userSocket>>();
  expectTypeOf(hooks.useConnection()).toEqualTypeOf<Readonly<Ref<ConnectionStatus>>>();
  expectTypeOf(hooks.useRefusal().value).toEqualTypeOf<{
    readonly reason: { why: string } | Refusal | undefined;
  } | null>();
}

export function untyped() {
  const { channel, push, reply } = useAnyChannel("any:topic", { any: "params" });
  expectTypeOf(reply.value).toEqualTypeOf<unknown>();
  push("any event", { any: "payload" });
  useEvent(channel, "any event", (payload: { body: string }) => payload.body);
  const { list } = usePresence<{ online_at: string }>(channel);
  expectTypeOf(list.value[0]?.metas[0]?.online_at).toEqualTypeOf<string | undefined>();
  expectTypeOf(usePresence(channel).list.value[0]?.["name"]).toEqualTypeOf<unknown>();
}

export function provided(socket: Socket<typeof userSocket>, token: Ref<string>) {
  hooks.provideSocket(socket);
  hooks.provideSocket(() => socket);
  hooks.provideSocket("/socket", () => ({ params: { token: token.value } }));
  provideSocket("/socket", { params: { token: "t" } });
  // @ts-expect-error a socket has its options
  hooks.provideSocket(socket, {});
  // @ts-expect-error neither
  hooks.provideSocket();
}
