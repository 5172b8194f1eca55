/**
 * The channels of one connection, by topic. Most connections are on one: a Map is made for the second, because it takes
 * some 200 bytes.
 */
import type { ChannelProcess } from "../channel/process.ts";

export type Channels = ChannelProcess | Map<string, ChannelProcess> | undefined;

/** A client may send a topic that is not a string, which matches none. */
export function channelOn(channels: Channels, topic: unknown): ChannelProcess | undefined {
  if (channels instanceof Map) return channels.get(topic as string);
  return channels?.topic === topic ? channels : undefined;
}

/** With a channel, which takes the place of an earlier one on its topic. */
export function withChannel(channels: Channels, channel: ChannelProcess): Channels {
  if (channels instanceof Map) return channels.set(channel.topic, channel);
  if (channels === undefined || channels.topic === channel.topic) return channel;
  return new Map([channels, channel].map((each) => [each.topic, each]));
}

/** Without a channel, unless another one has taken its place. */
export function withoutChannel(channels: Channels, channel: Pick<ChannelProcess, "topic">): Channels {
  if (!(channels instanceof Map)) return channels === channel ? undefined : channels;
  if (channels.get(channel.topic) === channel) channels.delete(channel.topic);
  return channels.size === 0 ? undefined : channels;
}

export function countOf(channels: Channels): number {
  return channels instanceof Map ? channels.size : channels === undefined ? 0 : 1;
}

/** A copy: a channel that ends is taken out meanwhile. */
export function listOf(channels: Channels): readonly ChannelProcess[] {
  return channels instanceof Map ? [...channels.values()] : channels === undefined ? [] : [channels];
}
