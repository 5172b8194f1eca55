import type { Socket, SocketOptions } from "@wingbeat/client";
import { ownSocket, sharedSocketOf } from "@wingbeat/client/bindings";
import type { SharedSocket } from "@wingbeat/client/bindings";
import { getCurrentInstance, inject, markRaw, provide, shallowRef, toValue, watch } from "vue";
import type { InjectionKey, MaybeRefOrGetter, Ref, ShallowRef } from "vue";
import { isOnServer } from "./in-page.ts";

type Provided = Readonly<Ref<SharedSocket>>;

export interface Provision {
  /** Provides a socket, or one for a url, and connects it while the component is there. */
  provideSocket(from: MaybeRefOrGetter<string | Socket>, options?: MaybeRefOrGetter<SocketOptions>): void;
  /** What this component or one above has provided. */
  useShared(): Provided;
}

export function createProvision(): Provision {
  const key: InjectionKey<Provided> = Symbol("wingbeat socket");
  /** What a component provides to itself: inject() does not see it. */
  const own = new WeakMap<object, Provided>();

  return {
    provideSocket(from, options) {
      const shared = shallowRef() as ShallowRef<SharedSocket>;
      watch(
        () => toValue(from),
        (now, _, onCleanup) => {
          const socket = typeof now === "string" ? ownSocket(now, () => toValue(options) ?? {}) : now;
          shared.value = sharedSocketOf(markRaw(socket));
          if (!isOnServer()) onCleanup(shared.value.connect());
        },
        { immediate: true, flush: "sync" },
      );
      provide(key, shared);
      const instance = getCurrentInstance();
      if (instance) own.set(instance, shared);
    },
    useShared() {
      const instance = getCurrentInstance();
      const shared = (instance && own.get(instance)) ?? inject(key, null);
      if (shared === null)
        throw new Error("No provideSocket() of the same createHooks() in this component or above it");
      return shared;
    },
  };
}
