/** Wingbeat. Argument: `history` or nothing. */
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { publish } from "./publishing.ts";

const [kind, perSecond] = process.argv.slice(2);
const plain = defineChannel("room");
const room = (kind === "history" ? plain.history({ size: 2_000 }) : plain).join(() => ok());
const endpoint = createEndpoint({
  sockets: { "/socket": defineSocket({ connect: () => ok(), channels: [room] }) },
  logger: false,
});
const { port } = await endpoint.listen(0, "127.0.0.1");
publish(port, Number(perSecond), (message) => endpoint.broadcast("room", "message", message));
