import { Socket } from "@wingbeat/client";
import type { userSocket } from "../src/socket.ts";
import { byId } from "./dom.ts";
import { openRoom } from "./room.ts";

// The address has the name: /?name=Ada. Without one, the page shows the form that asks for it.
const name = new URLSearchParams(location.search).get("name");
if (name) enter(name);

function enter(name: string): void {
  byId("login").hidden = true;
  byId("chat").hidden = byId("rooms").hidden = false;

  // `params` is called before each connection, so each one has a new token.
  const socket = new Socket<typeof userSocket>("/socket", { params: async () => ({ token: await fetchToken(name) }) });
  socket.onOpen(() => showStatus("Connected"));
  socket.onClose(() => showStatus("Reconnecting…"));
  showStatus("Connecting…");
  socket.connect();

  // The address also has the room: /?name=Ada#random.
  let left = new AbortController();
  const open = () => {
    left.abort();
    left = new AbortController();
    openRoom(socket, location.hash.slice(1) || "lobby", left.signal);
  };
  addEventListener("hashchange", open);
  open();
}

async function fetchToken(name: string): Promise<string> {
  const response = await fetch(`/token?name=${encodeURIComponent(name)}`);
  const { token, reason } = (await response.json()) as { token?: string; reason?: string };
  if (token !== undefined) return token;
  showStatus(reason ?? "");
  throw new Error(reason);
}

function showStatus(text: string): void {
  byId("status").textContent = text;
}
