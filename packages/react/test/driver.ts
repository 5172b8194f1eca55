/** React's driver for the behaviour suite of all bindings. */
import {
  SocketProvider,
  useChannel,
  useConnection,
  useEphemeral,
  useEvent,
  usePendingPushes,
  usePresence,
  useRecovery,
  useRefusal,
} from "@wingbeat/react";
import type { SocketProviderProps } from "@wingbeat/react";
import type { UntypedSocket } from "@wingbeat/client";
import { StrictMode, createElement } from "react";
import type { ReactElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import type { ChannelValues, ComponentSpec, Driver, PageSpec } from "../../client/test/bindings/driver.ts";

/* oxlint-disable react/rules-of-hooks -- what a component uses never changes */

function Component({ name, spec }: { readonly name: string; readonly spec: ComponentSpec }): ReactElement {
  const { topic, params, from, on = {} } = spec;
  const room = topic === undefined ? undefined : useChannel(topic, params, from);
  const channel = room?.channel ?? null;
  const text = spec.show({
    ...(room && { channel: room as ChannelValues }),
    ...(spec.presence && { presence: usePresence(channel) }),
    ...(spec.recovery && { recovery: useRecovery(channel) }),
    ...(spec.ephemeral && { ephemeral: useEphemeral(channel, "typing", { every: 1 }) }),
    ...(spec.pending && { pending: usePendingPushes(channel) }),
    ...(spec.connection && { connection: useConnection(), refusal: useRefusal() }),
  });
  for (const [event, callback] of Object.entries(on)) useEvent(channel, event, callback);
  return createElement("p", { "data-key": name }, text);
}

export function Page({ provider, components }: PageSpec): ReactElement {
  const children = Object.entries(components).map(([name, spec]) =>
    createElement(Component, { key: name, name, spec }),
  );
  return createElement(SocketProvider, provider as SocketProviderProps<UntypedSocket>, ...children);
}

export const driver: Driver = {
  async mount(page, { container, twice }) {
    const root = createRoot(container);
    const render = (spec: PageSpec) => {
      const element = createElement(Page, spec);
      flushSync(() => root.render(twice ? createElement(StrictMode, null, element) : element));
    };
    render(page);
    return { update: async (next) => render(next), unmount: async () => flushSync(() => root.unmount()) };
  },
};
