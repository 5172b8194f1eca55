import type { Channel, ChannelContract, JoinFrom } from "@wingbeat/client";
import { CLOSED, JOINING, isAnswered, paramsKey } from "@wingbeat/client/bindings";
import type { ChannelResult, ChannelSnapshot, SharedSocket } from "@wingbeat/client/bindings";
import { computed, markRaw, shallowRef, toValue, watch } from "vue";
import type { ComputedRef, MaybeRefOrGetter, Ref } from "vue";
import { isHydrating, isOnServer, refsOf, whileInPage } from "./in-page.ts";

/** What `useChannel` returns. */
export interface ChannelRefs<Contract extends ChannelContract> {
  /**
   * `joining` for the first time or again; `joined`; `errored` after a refused join, a crash or a lost connection (it
   * keeps trying); `closed` without a topic, or when the server has ended the channel.
   */
  readonly state: ComputedRef<ChannelResult<Contract>["state"]>;
  /** Null until it is about to join, and without a topic. */
  readonly channel: ComputedRef<Channel<Contract> | null>;
  /** The reply to the last accepted join; kept while the channel rejoins. */
  readonly reply: ComputedRef<ChannelResult<Contract>["reply"]>;
  /**
   * Why the last join failed (`refused` with its `response`, or `timeout`), or that the channel has crashed. Undefined
   * after an accepted join. A lost connection is not an error of a channel: see `useConnection`.
   */
  readonly error: ComputedRef<ChannelResult<Contract>["error"]>;
  /** `channel.push` of the topic as it is now. Fails as `closed` without a channel. */
  readonly push: Channel<Contract>["push"];
  /** `channel.cast`, likewise. Returns false without a channel. */
  readonly cast: Channel<Contract>["cast"];
}

/** Untyped, as it is at run time. */
interface SomeRefs {
  readonly state: Ref<ChannelSnapshot["state"]>;
  readonly channel: Ref<Channel | null>;
  readonly reply: Ref<unknown>;
  readonly error: Ref<ChannelSnapshot["error"]>;
  readonly push: (...args: Parameters<Channel["push"]>) => unknown;
  readonly cast: (...args: Parameters<Channel["cast"]>) => boolean;
}

/** A topic's channel, joined while the component is there and shared by all components on the topic. */
export function useChannelOf(
  shared: Readonly<Ref<SharedSocket>>,
  topicSource: MaybeRefOrGetter<string | null>,
  params?: MaybeRefOrGetter<unknown>,
  from?: MaybeRefOrGetter<JoinFrom | undefined>,
): SomeRefs & PromiseLike<SomeRefs> {
  const topic = computed(() => toValue(topicSource));
  const key = computed(() => paramsKey(toValue(params)));
  const paramsNow = () => {
    const now = toValue(params);
    return typeof now === "function" ? (now as () => unknown)() : now;
  };
  const snapshot = shallowRef(topic.value === null ? CLOSED : JOINING);
  whileInPage(
    () => [shared.value, topic.value, key.value] as const,
    ([sharedNow, topicNow, keyNow]) => {
      const read = () => {
        snapshot.value = topicNow === null ? CLOSED : sharedNow.channelSnapshot(topicNow, keyNow);
        // Vue's deep refs would wrap a channel, which private fields do not survive.
        if (snapshot.value.channel) markRaw(snapshot.value.channel);
      };
      const hold = { key: keyNow, params: paramsNow, from: () => toValue(from), changed: read };
      const release = topicNow === null ? undefined : sharedNow.takeChannel(topicNow, hold);
      read();
      return release;
    },
  );
  const refs: SomeRefs = {
    ...refsOf(snapshot),
    push: (...args) => shared.value.push(topic.value, key.value, ...args),
    cast: (...args) => shared.value.cast(topic.value, key.value, ...args),
  };
  // Where the first rendering is that of a server, there is nothing to wait for.
  const isRendering = isOnServer() || isHydrating();
  const answered = () =>
    new Promise<SomeRefs>((resolve) => {
      const look = (now: ChannelSnapshot) => (isRendering || isAnswered(now)) && resolve(refs);
      watch(snapshot, look, { immediate: true, flush: "sync" });
    });
  return {
    ...refs,
    // oxlint-disable-next-line unicorn/no-thenable -- for `await` in an async setup, below a Suspense
    then: (fulfilled, rejected) => answered().then(fulfilled, rejected),
  };
}
