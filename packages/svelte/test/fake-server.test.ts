// @vitest-environment happy-dom
/** A component of an application, tested with `@wingbeat/client/testing`, as docs/guide/testing.md says. */
import { fakeServer, ok } from "@wingbeat/client/testing";
import { flushSync, mount, unmount } from "svelte";
import { expect, it, onTestFinished, vi } from "vitest";
import Shouts from "./Shouts.svelte";

const { document } = globalThis as unknown as {
  readonly document: {
    readonly body: { readonly textContent: string };
    querySelector(selector: "button"): { click(): void };
  };
};
const text = () => document.body.textContent.replaceAll(/\s+/g, " ").trim();

it("shouts and hears", async () => {
  const server = fakeServer();
  server.channel("room:1");
  const component = mount(Shouts, { target: document.body as never, props: { socket: server.socket(), id: "1" } });
  onTestFinished(() => unmount(component).then(() => server.close()));
  const client = await server.joined("room:1");
  await vi.waitFor(() => expect(text()).toBe("joined"));
  document.querySelector("button").click();
  (await client.received("shout")).reply(ok());
  client.push("shout", { body: "hi from Ann" });
  flushSync();
  expect(text()).toBe("joined hi from Ann");
  server.disconnect();
  flushSync();
  expect(text()).toBe("errored hi from Ann");
});
