/** A channel of the socket, and snapshots of its state. */
import { PushError } from "../errors.ts";
import type { Channel } from "../channel.ts";
import type { Socket } from "../socket.ts";
import { presenceOf } from "./presence-store.ts";
import { recoveryOf } from "./recovery-store.ts";

export interface ChannelSnapshot {
  readonly channel: Channel | null;
  readonly state: "joining" | "joined" | "errored" | "closed";
  readonly reply: unknown;
  readonly error: PushError | undefined;
}

export const CLOSED: ChannelSnapshot = { channel: null, state: "closed", reply: undefined, error: undefined };
export const JOINING: ChannelSnapshot = { ...CLOSED, state: "joining" };

/** Whether the first join was answered: accepted, or not. A lost connection is no answer. */
export function isAnswered({ state, reply, error }: ChannelSnapshot): boolean {
  return state === "closed" || reply !== undefined || error !== undefined;
}

/** The event that a join pushes. */
const JOIN = "phx_join";

/** Why a join was not accepted, as `await channel.join()` would throw it. */
export function joinError(topic: string, reason: PushError["reason"], response?: unknown): PushError {
  const status = reason === "refused" ? "error" : undefined;
  return new PushError(reason, { topic, event: JOIN, response, status });
}

export interface OpenChannel {
  readonly channel: Channel;
  readonly snapshot: ChannelSnapshot;
}

/** `params` returns the join params, at every join and rejoin; `changed` is called after every change. */
export function openChannel(socket: Socket, topic: string, params: () => unknown, changed: () => void): OpenChannel {
  // A channel reads its params whenever it starts to join again; there is no other sign of that.
  const channel = socket.channel(topic, () => {
    update();
    return params();
  });
  const open = { channel, snapshot: { ...JOINING, channel } as ChannelSnapshot };
  const update = (news?: Partial<ChannelSnapshot>) => {
    const { state } = channel;
    if (state === "leaving" || (state === open.snapshot.state && news === undefined)) return;
    open.snapshot = { ...open.snapshot, ...news, state };
    changed();
  };
  const failed = (reason: PushError["reason"], response?: unknown) =>
    update({ error: joinError(topic, reason, response) });
  channel.joinPush
    .receive("ok", (reply) => update({ reply, error: undefined }))
    .receive("error", (response) => failed("refused", response))
    .receive("timeout", () => failed("timeout"));
  channel.onError((reason) => {
    if (isTransport(reason)) update();
    else failed("crashed", reason);
  });
  channel.onClose((payload) => {
    const { reason, response } = (payload ?? {}) as { readonly reason?: unknown; readonly response?: unknown };
    if (reason === "refused") failed("refused", response);
    else update();
  });
  presenceOf(channel);
  recoveryOf(channel);
  return open;
}

/** The connection was lost, which is not an error of the channel: `useConnection` reports it. */
function isTransport(reason: unknown): boolean {
  return (reason as { readonly source?: unknown } | null)?.source === "transport";
}
