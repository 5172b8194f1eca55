/** A contract with what is hard for models: recursion, unions, enums, names that languages have themselves. For tests. */
import { z } from "zod";
import { contractOf } from "../../src/contract.ts";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";

const Message = z
  .object({
    id: z.string(),
    body: z.string(),
    get answers() {
      return z.array(Message).optional();
    },
  })
  .meta({ id: "Message" });

const Changed = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({ kind: z.literal("image"), url: z.url(), size: z.int() }),
]);

const room = defineChannel("room:{id}")
  .pushes({ new_msg: Message, changed: Changed, counts: z.record(z.string(), z.number()) })
  .join({ payload: z.object({ since: z.int().optional() }), reply: z.object({ newest: z.array(Message) }) }, () =>
    ok({ newest: [] }),
  )
  .handleIn(
    "say",
    {
      payload: z.object({ body: z.string(), to: z.enum(["everyone", "moderators"]), class: z.string().nullable() }),
      reply: Message,
      error: z.null(),
    },
    () => {},
  )
  .handleIn("ping", () => {});

export const fixture = contractOf(
  { "/socket": defineSocket({ connect: () => ok(), channels: [room] }) },
  { title: "Chat", version: "1.0.0" },
).document;
