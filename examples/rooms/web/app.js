// @ts-check
import { Socket } from "phoenix";
import { showConnection } from "site/connection.js";
import { byId } from "site/element.js";
import { askName } from "site/name.js";
import { foldSide } from "site/side.js";
import { ignoredUsers } from "./ignored.js";
import { Room } from "./room.js";
import { superadmin } from "./superadmin.js";

const uid = await askName();
foldSide();

const socket = new Socket("/ws", { params: { uid } });
showConnection(socket, byId("connection"));
socket.connect();

const ignored = ignoredUsers(() => room.channel);
const room = new Room(socket, uid, ignored);
superadmin(socket);

/** The room of the address, so that a link leads there and "back" goes back. */
const enter = () => room.enter(location.hash.slice(1) || "lobby");
window.addEventListener("hashchange", enter);
enter();
