/** What a channel's mailbox holds: messages of its client, broadcasts, and what is neither. */
import type { ClientMessage } from "@wingbeat/protocol";
import { OutgoingBroadcast } from "./broadcast.ts";

/** A message that is neither of the client nor a broadcast: `handleInfo` gets what is in it. */
export class Info {
  readonly message: unknown;

  constructor(message: unknown) {
    this.message = message;
  }
}

/** What others published on a topic that the channel is subscribed to, without being a broadcast. */
export class Published extends Info {}

/** Something that waited for the join, as a message: `afterJoin`. */
export class Task extends Info {
  declare readonly message: () => unknown;
}

/** The login was renewed: the assigns that `connect` and the route give now. */
export class Renewed extends Info {
  declare readonly message: Readonly<Record<string, unknown>>;
}

/** The last item of a channel whose connection is gone. */
export const CLOSED = new Info(undefined);

/** The join was answered: what has waited for it may be handled. */
export const JOINED = new Info(undefined);

/** A `phx_join` for a topic that a channel takes: its topic is a string. */
export interface JoinMessage extends ClientMessage {
  readonly topic: string;
}

export type Item = ClientMessage | OutgoingBroadcast | Info;

/** Who has sent an item: the client, others on this node or elsewhere, or the channel itself. */
export type From = "client" | "others" | "itself";

export function fromOf(item: Item): From {
  if (item instanceof OutgoingBroadcast || item instanceof Published) return "others";
  return item instanceof Info ? "itself" : "client";
}

export const isOfClient = (item: Item): item is ClientMessage =>
  !(item instanceof OutgoingBroadcast) && !(item instanceof Info);
