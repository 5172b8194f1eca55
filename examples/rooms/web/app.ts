import { Socket } from "@wingbeat/client";
import type { RoomsSocket } from "@wingbeat/example-rooms";
import { askName, byId, foldSide, showConnection } from "@wingbeat/example-site/page";
import { Composer } from "./composer.ts";
import { ignoredUsers } from "./ignored.ts";
import { Room } from "./room.ts";
import { superadmin } from "./superadmin.ts";

const uid = await askName();
foldSide();

const socket = new Socket<RoomsSocket>("/ws", { params: { uid } });
showConnection(socket, byId("connection"));
socket.connect();

const ignored = ignoredUsers(() => room.channel);
const room = new Room(socket, uid, ignored, new Composer(uid));
superadmin(socket);

/** The room of the address, so that a link leads there and "back" goes back. */
const enter = () => room.enter(location.hash.slice(1) || "lobby");
window.addEventListener("hashchange", enter);
enter();
