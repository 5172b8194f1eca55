/** What a client knows of the reasons of `refuse` in its server's `connect`. Never run: `tsc` is the test. */
import type { Refusal, RefusalOf, Socket } from "@wingbeat/client";
import { expectTypeOf } from "vitest";
import { defineSocket, ok, refuse } from "wingbeat";

const socketOf = () =>
  defineSocket({
    connect: async ({ token }) => {
      if (token === undefined) return refuse({ why: "login", at: new Date() });
      return token === "x" ? refuse("banned") : ok({ user: 1 });
    },
    id: ({ user }) => String(user),
    channels: [],
  });
const silent = defineSocket({ connect: ({ token }) => (token === "x" ? ok() : refuse()), channels: [] });
const open = defineSocket({ connect: () => ok(), channels: [] });

export function typed(socket: Socket<ReturnType<typeof socketOf>>) {
  socket.onRefused((reason) => {
    // A date arrives as text.
    expectTypeOf(reason).toEqualTypeOf<{ why: string; at: string } | string | Refusal | undefined>();
  });
  // @ts-expect-error nothing of this kind is a reason
  socket.onRefused((reason: number) => reason);
  expectTypeOf(socket.connectionState()).toEqualTypeOf<"connecting" | "open" | "closing" | "closed" | "refused">();
}

export function untyped(socket: Socket, never: Socket<typeof open>, unsaid: Socket<typeof silent>) {
  unsaid.onRefused((reason) => expectTypeOf(reason).toEqualTypeOf<unknown>());
  socket.onRefused((reason) => expectTypeOf(reason).toEqualTypeOf<unknown>());
  socket.onRefused((reason: { why: string }) => reason.why);
  never.onRefused((reason) => expectTypeOf(reason).toEqualTypeOf<Refusal | undefined>());
  expectTypeOf<RefusalOf<typeof open>>().toEqualTypeOf<Refusal | undefined>();
}
