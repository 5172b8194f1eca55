import type { Channel, ChannelAt } from "@wingbeat/client";
import type { RoomsSocket } from "@wingbeat/example-rooms";

/** The channel of a room, as the server has it. */
export type RoomChannel = Channel<ChannelAt<RoomsSocket, `rooms:${string}`>>;
