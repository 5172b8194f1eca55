/** What a client knows of ephemeral values. Never run: `tsc -p tsconfig.test.json` is the test. */
import { Socket } from "@wingbeat/client";
import { ephemeral } from "@wingbeat/client/ephemeral";
import { expectTypeOf } from "vitest";
import { defineChannel, defineSocket, ok } from "wingbeat";
import { z } from "zod";

const room = defineChannel("room:{id}")
  .assigns<{ user: { id: number } }>()
  .pushes<{ new_msg: { body: string } }>()
  .ephemeral("cursor", z.object({ x: z.string().transform(Number), at: z.date().optional() }), {
    key: (ctx) => ctx.assigns.user.id,
  })
  .ephemeral("typing", { key: (ctx) => `user ${ctx.assigns.user.id}`, allow: (ctx) => ctx.params.id !== "1" })
  .join(() => ok())
  .handleIn("new_msg", (ctx) => ctx.push("cursor", { key: 1, value: null }))
  .handleOut("cursor", (ctx, push) => {
    expectTypeOf(push.value).toEqualTypeOf<{ x: number; at?: Date | undefined } | null>();
    ctx.push("cursor", push);
  });
// Nothing else is declared.
const board = defineChannel("board")
  .ephemeral("mark", z.number(), { key: () => "ann" })
  .join(() => ok());
const userSocket = defineSocket({ connect: () => ok({ user: { id: 1 } }), channels: [room, board] });
const channel = new Socket<typeof userSocket>("/socket").channel("room:1");

const cursors = ephemeral(channel, "cursor", { every: 50, idle: 1_000, expires: 10_000 });
expectTypeOf(cursors.values).toEqualTypeOf<ReadonlyMap<number, { x: number; at?: string | undefined }>>();
cursors.set({ x: "1" });
cursors.onChange((values) => [...values.keys()] satisfies number[])();
// @ts-expect-error: the schema takes a string
cursors.set({ x: 1 });
// @ts-expect-error: no such value
ephemeral(channel, "cursors");
// @ts-expect-error: an event, but no value
ephemeral(channel, "new_msg");

const typing = ephemeral(channel, "typing");
typing.set(true);
typing.set({ anything: 1 });
expectTypeOf(typing.values).toEqualTypeOf<ReadonlyMap<`user ${number}`, unknown>>();

const marks = ephemeral(new Socket<typeof userSocket>("/socket").channel("board"), "mark");
expectTypeOf(marks.values).toEqualTypeOf<ReadonlyMap<"ann", number>>();

const untyped = ephemeral(new Socket("/socket").channel("any"), "thing");
untyped.set(1);
expectTypeOf(untyped.values).toEqualTypeOf<ReadonlyMap<string | number, unknown>>();
