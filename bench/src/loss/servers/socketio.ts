/** Socket.IO. Argument: `recovery` or nothing. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { publish } from "./publishing.ts";

const [kind, perSecond] = process.argv.slice(2);
const server = createServer();
const io = new Server(server, {
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
  // The time of the example in its documentation.
  ...(kind === "recovery" ? { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } } : {}),
});
io.on("connection", (socket) => void socket.join("room"));
server.listen(0, "127.0.0.1", () => {
  publish((server.address() as AddressInfo).port, Number(perSecond), (message) =>
    io.to("room").emit("message", message),
  );
});
