/** A channel that handles bytes, and says which auth token its connection has. */
import { defineChannel, defineSocket, ok } from "../../src/index.ts";

const bytesChannel = defineChannel("bytes")
  .assigns<{ token: string | undefined }>()
  .join((ctx) => ok({ token: ctx.assigns.token }))
  .handleIn("bytes", (ctx, payload) => {
    if (!(payload instanceof Uint8Array)) throw new TypeError("bytes are expected");
    ctx.push(`pushed ${payload.length}`, payload);
    ctx.broadcast(`broadcast ${payload.length}`, payload);
    return ok(payload);
  });

export const binarySocket = defineSocket({
  connect: (_params, info) => ok({ token: info.authToken }),
  channels: [bytesChannel],
});
