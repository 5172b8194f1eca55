/** What `new Presence(channel)` and a push know by themselves. Never run: `tsc -p tsconfig.test.json` is the test. */
import { Presence } from "@wingbeat/client";
import type { Refusal, Socket } from "@wingbeat/client";
import { expectTypeOf } from "vitest";
import { defineChannel, definePresence, defineSocket, ok } from "wingbeat";

const presence = definePresence<{ device: string; since: Date }, { user: { name: string } }>({
  fetch: async (_topic, entries) =>
    Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, { ...entry, user: { name: key } }])),
});
const room = defineChannel("room:{id}")
  .pushes<typeof presence.events>()
  .join(() => ok());
const quiet = defineChannel("quiet:{id}").join(() => ok({ n: 1 }));
const userSocket = defineSocket({ connect: () => ok(), channels: [room, quiet] });

export function typed(socket: Socket<typeof userSocket>) {
  const who = new Presence(socket.channel("room:1"));
  who.onJoin((key, current, joined) => {
    expectTypeOf(key).toEqualTypeOf<string>();
    expectTypeOf(current?.user.name).toEqualTypeOf<string | undefined>();
    expectTypeOf(joined.metas[0]?.device).toEqualTypeOf<string | undefined>();
    expectTypeOf(joined.metas[0]?.phx_ref).toEqualTypeOf<string | undefined>();
    // A date arrives as text.
    expectTypeOf(joined.metas[0]?.since).toEqualTypeOf<string | undefined>();
  });
  expectTypeOf(who.list((_key, { user }) => user.name)).toEqualTypeOf<string[]>();
  expectTypeOf(who.count).toEqualTypeOf<number>();
  // @ts-expect-error nothing of this name is tracked
  who.list((_key, { metas }) => metas[0]?.divice);
  // @ts-expect-error the server tracks something else
  return new Presence<{ age: number }>(socket.channel("room:1"));
}

export function undeclared(socket: Socket<typeof userSocket>, any: Socket) {
  const said = new Presence<{ online_at: string }>(socket.channel("quiet:1"));
  expectTypeOf(said.list()[0]?.metas[0]?.online_at).toEqualTypeOf<string | undefined>();
  expectTypeOf(new Presence(any.channel("x")).list()[0]?.metas[0]?.["x"]).toEqualTypeOf<unknown>();
}

export async function pushes(socket: Socket<typeof userSocket>) {
  const joined: Promise<{ n: number }> = socket.channel("quiet:1").join();
  const all: readonly Promise<unknown>[] = [joined, socket.channel("room:1").join()];
  const [first] = await Promise.all([socket.channel("quiet:1").join(), joined]);
  expectTypeOf(first.n).toEqualTypeOf<number>();
  expectTypeOf<Refusal["retry_after_ms"]>().toEqualTypeOf<number | undefined>();
  return all;
}
