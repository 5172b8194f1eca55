// @vitest-environment happy-dom
/** What is Vue's own: async setup, hydration, hot reload, refs. */
import { Socket } from "@wingbeat/client";
import { createHooks, provideSocket, useChannel, useConnection, usePresence, useSocket } from "@wingbeat/vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Suspense, createApp, createSSRApp, defineComponent, h, nextTick, reactive, ref } from "vue";
import type { App, Component } from "vue";
import { renderToString } from "vue/server-renderer";
import { settled } from "../../client/test/bindings/fake-server.ts";
import { liveServer } from "../../client/test/bindings/live-server.ts";
import type { LiveServer, UserSocket } from "../../client/test/bindings/live-server.ts";
import { OPTIONS } from "../../client/test/bindings/test-page.ts";

/** As much of happy-dom as is needed here: tests are compiled without the types of the DOM. */
interface Page {
  readonly body: { innerHTML: string; readonly textContent: string; firstElementChild: never };
}
const { document } = globalThis as unknown as { readonly document: Page };

const { __VUE_HMR_RUNTIME__: hot } = globalThis as unknown as {
  readonly __VUE_HMR_RUNTIME__: { reload(id: string, component: Component): void };
};

let server: LiveServer;
let app: App | undefined;

beforeEach(async () => {
  server = await liveServer();
});
afterEach(async () => {
  app?.unmount();
  app = undefined;
  await settled();
  await server.close();
});

/** Mounts a component below a provider; `html`: what a server has rendered. */
function mount(component: Component, html?: string): void {
  document.body.innerHTML = `<main>${html ?? ""}</main>`;
  app = (html === undefined ? createApp : createSSRApp)(below(component));
  app.mount(document.body.firstElementChild);
}

const below = (component: Component): Component => ({
  setup() {
    provideSocket(server.url, OPTIONS);
    return () => h(Suspense, null, { default: () => h(component), fallback: () => "waiting" });
  },
});
const text = () => document.body.textContent;
const shows = (expected: string) => vi.waitFor(() => expect(text()).toBe(expected));
/** The component of the tests with Suspense. */
const awaiting = (topic: `room:${string}`) =>
  defineComponent({
    async setup() {
      const { state, reply, error } = await useChannel(topic, { since: 4 });
      return () => `${state.value} ${JSON.stringify(reply.value)} ${error.value?.reason}`;
    },
  });

describe("a channel that is awaited in setup", () => {
  it("suspends the component until it has joined", async () => {
    mount(awaiting("room:slow"));
    await vi.waitFor(() => expect(server.log).toContain('join room:slow {"since":4}'));
    expect(text()).toBe("waiting");
    server.letIn();
    await shows('joined {"since":4} undefined');
  });

  it("suspends it until the join is refused, which it can show", async () => {
    mount(awaiting("room:secret"));
    await vi.waitFor(() => expect(text()).toMatch(/^(errored|joining) undefined refused$/));
  });

  it("is left when the component is unmounted meanwhile", async () => {
    const isThere = ref(true);
    const slow = awaiting("room:slow");
    mount({ render: () => h("p", null, isThere.value ? [h(Suspense, null, { default: () => h(slow) })] : []) });
    await vi.waitFor(() => expect(server.log).toContain('join room:slow {"since":4}'));
    isThere.value = false;
    await nextTick();
    await settled();
    server.letIn();
    await vi.waitFor(() => expect(server.log[2]).toBe("left room:slow"));
  });
});

describe("a page that a server has rendered", () => {
  const plain = defineComponent({
    setup() {
      const { state, channel } = useChannel("room:1");
      const { synced } = usePresence(channel);
      const connection = useConnection();
      return () => `${state.value} ${synced.value} ${connection.value}`;
    },
  });

  it.each([
    ["plain", plain, "joining false connecting", "joined false open"],
    ["awaited", awaiting("room:1"), "joining undefined undefined", 'joined {"since":4} undefined'],
  ])("is taken over as it is, and joins then: %s", async (_, component, onServer, inPage) => {
    const complaints = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
    vi.stubGlobal("window", undefined);
    const html = await renderToString(createSSRApp(below(component)));
    vi.unstubAllGlobals();
    expect(html).toContain(onServer);
    expect(server.log).toEqual([]);
    mount(component, html);
    await shows(inPage);
    for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
  });
});

describe("refs", () => {
  it("belong to the new topic as soon as it has changed", async () => {
    const topic = ref<`room:${string}` | null>("room:1");
    let room!: ReturnType<typeof useChannel>;
    mount({
      setup() {
        room = useChannel(topic);
        return () => room.state.value;
      },
    });
    await shows("joined");
    topic.value = "room:2";
    expect(room.state.value).toBe("joining");
    await room.push("new_msg", { body: "to the second" });
    expect(room.channel.value?.topic).toBe("room:2");
    topic.value = null;
    expect([room.state.value, room.channel.value]).toEqual(["closed", null]);
  });

  it("may be in deep and reactive objects", async () => {
    let room!: { readonly state: string; readonly channel: { push(event: string, payload: object): unknown } | null };
    let deep!: { readonly value: Socket };
    mount({
      setup() {
        room = reactive(useChannel("room:1")) as unknown as typeof room;
        deep = ref(useSocket().value) as unknown as typeof deep;
        return () => room.state;
      },
    });
    await shows("joined");
    await expect(room.channel?.push("new_msg", { body: "hi" })).resolves.toEqual({ id: 7 });
    expect(deep.value.isConnected()).toBe(true);
  });
});

describe("a provided socket", () => {
  it("is there for the component that provides it, too", async () => {
    document.body.innerHTML = "<main></main>";
    app = createApp({
      setup() {
        provideSocket(new Socket(server.url, OPTIONS));
        const { state } = useChannel("room:1");
        return () => state.value;
      },
    });
    app.mount(document.body.firstElementChild);
    await shows("joined");
  });

  it("must be one of the same createHooks()", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { useSocket: useAnother } = createHooks<UserSocket>();
    expect(() => mount({ setup: () => void useAnother() })).toThrow(/provideSocket\(\) of the same createHooks\(\)/);
    warn.mockRestore();
    app = undefined;
  });

  it("of each of several servers is a socket of its own, for components below both", async () => {
    const other = await liveServer();
    const another = createHooks<UserSocket>();
    document.body.innerHTML = "<main></main>";
    app = createApp({
      setup() {
        provideSocket(server.url, OPTIONS);
        another.provideSocket(other.url, OPTIONS);
        const states = [useChannel("room:1").state, another.useChannel("room:2").state];
        return () => states.map(({ value }) => value).join(" ");
      },
    });
    app.mount(document.body.firstElementChild);
    await shows("joined joined");
    expect([server.log, other.log]).toEqual([
      ["connect", "join room:1 {}"],
      ["connect", "join room:2 {}"],
    ]);
    app.unmount();
    await settled();
    await other.close();
  });
});

it("a hot reload sets the component up again, on the same channel", async () => {
  const setUp = vi.fn<() => void>();
  const room = {
    __hmrId: "room",
    setup() {
      setUp();
      const { state } = useChannel("room:1");
      return () => state.value;
    },
  };
  mount(room);
  await shows("joined");
  hot.reload("room", { ...room });
  await nextTick();
  await settled();
  await shows("joined");
  expect(setUp).toHaveBeenCalledTimes(2);
  expect(server.log).toEqual(["connect", "join room:1 {}"]);
});
