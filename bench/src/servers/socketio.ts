import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { report } from "./report.ts";

interface ClientEvents {
  join: (room: string, joined: () => void) => void;
  b: (room: string, payload: unknown) => void;
  e: (payload: unknown, reply: (payload: unknown) => void) => void;
}

interface ServerEvents {
  b: (payload: unknown) => void;
}

const server = createServer();
const io = new Server<ClientEvents, ServerEvents>(server, {
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
});

io.on("connection", (socket) => {
  socket.on("join", (room, joined) => {
    void socket.join(room);
    joined();
  });
  socket.on("b", (room, payload) => {
    io.to(room).emit("b", payload);
  });
  socket.on("e", (payload, reply) => reply(payload));
});

server.listen(0, "127.0.0.1", () => report((server.address() as AddressInfo).port));
