// What one writes by hand with Socket.IO. Argument: the mode (../cases.ts).
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { report } from "../../servers/report.ts";
import { userOf, type User } from "../user.ts";

interface ClientEvents {
  join: (room: string, joined: () => void) => void;
}

interface ServerEvents {
  "user joined": (user: User) => void;
  "user left": (user: User) => void;
  users: (users: User[]) => void;
}

const tellsEverybody = process.argv[2] === "everybody";
let connections = 0;
const rooms = new Map<string, Set<User>>();

const server = createServer();
const io = new Server<ClientEvents, ServerEvents>(server, {
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
});

io.on("connection", (socket) => {
  const user = userOf(connections++);
  socket.on("join", (room, joined) => {
    void socket.join(room);
    joined();
    if (!tellsEverybody) return;
    const users = (rooms.get(room) ?? new Set()).add(user);
    rooms.set(room, users);
    io.to(room).emit("user joined", user);
    socket.emit("users", [...users]);
    socket.on("disconnect", () => {
      users.delete(user);
      io.to(room).emit("user left", user);
    });
  });
});

server.listen(0, "127.0.0.1", () => report((server.address() as AddressInfo).port));
