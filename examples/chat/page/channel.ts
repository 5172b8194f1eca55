import type { Channel, ChannelAt, Socket } from "@wingbeat/client";
import type { userSocket } from "../src/socket.ts";

/** The socket and the channels of the server, by its types: topics, events, payloads and replies. */
export type ChatSocket = Socket<typeof userSocket>;
export type RoomChannel = Channel<ChannelAt<typeof userSocket, `room:${string}`>>;
