/** What is known of a message's place in the history of its topic, and of what was missed. */
import { Socket } from "@wingbeat/client";
import type { Position, RecoveryReport } from "@wingbeat/client";
import { expectTypeOf } from "vitest";
import { defineChannel, defineSocket, ok } from "wingbeat";

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string } }>()
  .join(() => ok());
const userSocket = defineSocket({ connect: () => ok(), channels: [room] });
const channel = new Socket<typeof userSocket>("/socket").channel("room:1");

channel.on("new_msg", (message, ref, joinRef, position) => {
  expectTypeOf(message).toEqualTypeOf<{ body: string }>();
  expectTypeOf(ref).toEqualTypeOf<string | null>();
  expectTypeOf(joinRef).toEqualTypeOf<string | null>();
  expectTypeOf(position).toEqualTypeOf<Position | undefined>();
});
// Fewer parameters, and an unchecked payload, are fine as before.
channel.on("new_msg", ({ body }) => body);
new Socket("/socket").channel("a").on("b", (payload: { n: number }, ref, joinRef, position) => {
  expectTypeOf(position).toEqualTypeOf<Position | undefined>();
  return [payload.n, ref, joinRef];
});

expectTypeOf(channel.position).toEqualTypeOf<Position | null>();
expectTypeOf(channel.recovered).toEqualTypeOf<boolean | undefined>();
channel.onRecover((report) => expectTypeOf(report).toEqualTypeOf<RecoveryReport>());

void channel.join({ since: channel.position });
void channel.join({ since: "earliest", timeout: 5000 });
void channel.join({ rewind: 50 });
void channel.join(5000);
// @ts-expect-error: not a position
void channel.join({ since: 7 });
// @ts-expect-error: a push has no since
channel.push("new_msg", {}, { since: "earliest" });
