import type { Example } from "@wingbeat/example-site";
import { defineSocket, ok } from "wingbeat";
import { z } from "zod";
import { Game } from "./game.ts";
import { Uid } from "./message.ts";
import { messagesController } from "./messages-controller.ts";
import { roomChannel } from "./room-channel.ts";
import { Rooms } from "./rooms.ts";
import { superadminChannel } from "./superadmin-channel.ts";

/** The socket of the rooms. The first channel that takes a topic gets it, so `rooms:superadmin` stands before all rooms. */
export function roomsSocket(store: Rooms, game: Game) {
  return defineSocket({
    params: z.object({ uid: Uid }),
    connect: ({ uid }) => ok({ uid }),
    id: ({ uid }) => `rooms_socket:${uid}`,
    channels: [superadminChannel, roomChannel(store, game)],
  });
}

/** What the page imports: its client knows topics, events, payloads and replies by this type. */
export type RoomsSocket = ReturnType<typeof roomsSocket>;
export type { Message } from "./message.ts";

/** Seed 004: a lobby and numbered rooms, what each subscriber may see, and messages from outside. */
export function rooms(): Example {
  const store = new Rooms();
  const game = new Game();
  return {
    sockets: { "/ws": roomsSocket(store, game) },
    web: new URL("../web/", import.meta.url),
    handler: messagesController(store, game),
  };
}
