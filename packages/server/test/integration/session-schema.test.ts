/** `session` of defineSocket: the web session that connect gets, parsed by a schema. */
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { defineSocket, ok } from "../../src/index.ts";
import { testSocket } from "../../src/testing.ts";

const schemas = {
  sync: z.object({ user_id: z.coerce.number() }),
  async: z.object({ user_id: z.coerce.number() }).refine(() => Promise.resolve(true)),
};

async function sessionSeenBy(schema: z.ZodType<{ user_id: number }>, session: object | undefined): Promise<unknown> {
  const socket = defineSocket({
    session: schema,
    connect: (_params, { session }) => ok({ session: session?.user_id ?? "none" }),
    channels: [],
  });
  const kit = testSocket({ socket, session: { read: () => session, csrf: false } });
  onTestFinished(() => kit.close());
  const client = await kit.connect();
  return client.assigns["session"];
}

describe.each(Object.entries(schemas))("a %s session schema", (_name, schema) => {
  it.each([
    ["that fits is parsed", { user_id: "7", more: 1 }, 7],
    ["that does not fit counts as none", { user_id: "seven" }, "none"],
    ["that is not there stays none", undefined, "none"],
  ])("a session %s", async (_what, session, seen) => {
    expect(await sessionSeenBy(schema, session)).toBe(seen);
  });
});
