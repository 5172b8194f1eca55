/**
 * Delivery of broadcasts to channels: encoded once per serializer, framed once, and the same bytes written to every
 * client. Only channels that intercept the event, and plain subscribers, get the message itself.
 */
import type { ServerCodec } from "@wingbeat/protocol";
import { Broadcast } from "../pubsub.ts";
import type { Dispatch } from "../pubsub.ts";
import { Frame } from "../transports/transport.ts";
import { ChannelProcess } from "./process.ts";

export const fastlane: Dispatch = (subscriptions, from, message) => {
  const broadcast = message instanceof Broadcast ? message : revive(message as Broadcast);
  const { topic, event } = broadcast;
  let codec: ServerCodec | undefined;
  let frame: Frame | undefined;
  let frames: Map<ServerCodec, Frame> | undefined;
  for (const subscription of subscriptions) {
    if (subscription.owner === from) continue;
    if (!(subscription instanceof ChannelProcess) || subscription.intercepts(event)) {
      subscription.receive(broadcast);
      continue;
    }
    if (frame === undefined || subscription.codec !== codec) {
      frames ??= new Map();
      codec = subscription.codec;
      frame = frames.get(codec);
      if (frame === undefined)
        frames.set(codec, (frame = new Frame(codec.encodeBroadcast(topic, event, broadcast.payload))));
    }
    subscription.connection.send(frame);
  }
};

/** From another node, a broadcast comes as plain data. */
function revive({ topic, event, payload }: Broadcast): Broadcast {
  return new Broadcast(topic, event, payload);
}
