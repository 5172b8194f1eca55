/** Vue's driver for the behaviour suite of all bindings. */
import type { ChannelContract } from "@wingbeat/client";
import {
  provideSocket,
  useChannel,
  useConnection,
  useEphemeral,
  useEvent,
  usePendingPushes,
  usePresence,
  useRecovery,
  useRefusal,
} from "@wingbeat/vue";
import type { ChannelRefs, EphemeralRefs, PresenceRefs } from "@wingbeat/vue";
import { createApp, defineComponent, h, nextTick, shallowRef } from "vue";
import type { Component, PropType, Ref } from "vue";
import type { ChannelValues, ComponentSpec, Driver, PageSpec, Values } from "../../client/test/bindings/driver.ts";

interface HotReload {
  reload(id: string, component: Component): void;
}
const { __VUE_HMR_RUNTIME__: hot } = globalThis as unknown as { readonly __VUE_HMR_RUNTIME__: HotReload };

const Told = defineComponent({
  __hmrId: "told",
  props: { name: { type: String, required: true }, spec: { type: Object as PropType<ComponentSpec>, required: true } },
  setup(props) {
    const { topic, on = {}, presence, recovery, pending, connection, ephemeral } = props.spec;
    const room =
      topic === undefined
        ? undefined
        : useChannel(
            () => props.spec.topic ?? null,
            () => props.spec.params,
            () => props.spec.from,
          );
    const channel = () => room?.channel.value ?? null;
    for (const event of Object.keys(on)) {
      useEvent(channel, event, (payload) => props.spec.on?.[event]?.(payload as never));
    }
    const used = {
      room,
      presence: presence && usePresence(channel),
      recovery: recovery && useRecovery(channel),
      pending: pending && usePendingPushes(channel),
      ephemeral: ephemeral && useEphemeral(channel, "typing", { every: 1 }),
      connection: connection && useConnection(),
      refusal: connection && useRefusal(),
    };
    return () => h("p", { "data-key": props.name }, props.spec.show(valuesOf(used)));
  },
});

interface Used {
  readonly room: ChannelRefs<ChannelContract> | undefined;
  readonly presence: PresenceRefs<object> | false | undefined;
  readonly recovery: Ref<NonNullable<Values["recovery"]>> | false | undefined;
  readonly pending: Readonly<Ref<NonNullable<Values["pending"]>>> | false | undefined;
  readonly ephemeral: EphemeralRefs<ChannelContract, string> | false | undefined;
  readonly connection: Ref<string> | false | undefined;
  readonly refusal: Ref<{ readonly reason: unknown } | null> | false | undefined;
}

/** The values of all refs. */
function valuesOf({ room, presence, recovery, pending, ephemeral, connection, refusal }: Used): Values {
  return {
    ...(room && { channel: { ...read(room), push: room.push, cast: room.cast } as ChannelValues }),
    ...(presence && { presence: read(presence) as NonNullable<Values["presence"]> }),
    ...(recovery && { recovery: recovery.value }),
    ...(pending && { pending: pending.value }),
    ...(ephemeral && { ephemeral: { ...ephemeral, values: ephemeral.values.value } }),
    ...(connection && { connection: connection.value }),
    ...(refusal && { refusal: refusal.value }),
  };
}

const read = (refs: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(refs).map(([name, ref]) => [name, (ref as Ref).value]));

const Provider = defineComponent({
  __hmrId: "provider",
  props: { page: { type: Object as PropType<PageSpec>, required: true } },
  setup(props) {
    provideSocket(
      () => ("socket" in props.page.provider ? props.page.provider.socket : props.page.provider.url) as string,
      () => ("url" in props.page.provider && props.page.provider.options) || {},
    );
    return () => Object.entries(props.page.components).map(([name, spec]) => h(Told, { key: name, name, spec }));
  },
});

export const pageOf = (page: () => PageSpec): Component => ({
  render: () => h(Provider, { page: page() }),
});

export const driver: Driver = {
  async mount(first, { container, twice }) {
    const page = shallowRef(first);
    const app = createApp(pageOf(() => page.value));
    app.mount(container);
    if (twice) {
      hot.reload("told", { ...Told });
      hot.reload("provider", { ...Provider });
    }
    await nextTick();
    return {
      update: async (next) => {
        page.value = next;
        await nextTick();
      },
      unmount: async () => app.unmount(),
    };
  },
};
