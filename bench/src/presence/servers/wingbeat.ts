// Argument: the mode (../cases.ts).
import { createEndpoint, defineChannel, definePresence, defineSocket, ok } from "wingbeat";
import { report } from "../../servers/report.ts";
import { userOf, type User } from "../user.ts";

const mode = process.argv[2];
let users = 0;

const presence = definePresence<{ name: string; device: string }>({ countOnly: mode === "count" });

const room = defineChannel("bench:*")
  .assigns<{ user: User }>()
  .join((ctx) => {
    if (mode === "none") return ok();
    const { id, name, device } = ctx.assigns.user;
    presence.track(ctx, id, { name, device });
    presence.pushState(ctx);
    return ok();
  });

const socket = defineSocket({ connect: () => ok({ user: userOf(users++) }), id: () => null, channels: [room] });

const endpoint = createEndpoint({
  sockets: { "/bench": { socket, websocket: { timeout: 600_000 } } },
  presence: [presence],
  logger: false,
});

const { port } = await endpoint.listen(0, "127.0.0.1");
report(port);
