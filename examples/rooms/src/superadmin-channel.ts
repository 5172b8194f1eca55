import { defineChannel, ok, refuse } from "wingbeat";
import { z } from "zod";
import { Message } from "./message.ts";

/** Printed on the page, because this is a demo. A real application signs a token for whom it trusts. */
const PASS = "open sesame";

/** Sees a copy of every message of every room. Joining takes authorisation data: `{ pass }`. */
export const superadminChannel = defineChannel("rooms:superadmin")
  .assigns<{ uid: string }>()
  .pushes({ "new:msg": Message })
  .join(z.object({ pass: z.string().default("") }), (_ctx, { pass }) =>
    pass === PASS ? ok() : refuse({ reason: "This pass does not open the superadmin room." }),
  );
