/** A page of components in the document of a test, connected to a live server. */
import { Socket } from "@wingbeat/client";
import type { SocketOptions } from "@wingbeat/client";
import { afterEach, expect, vi } from "vitest";
import { WebSocket } from "ws";
import type { ChannelValues, ComponentSpec, Driver, MountedPage, PageSpec, Values } from "./driver.ts";
import { liveServer } from "./live-server.ts";
import type { LiveServer } from "./live-server.ts";

export const OPTIONS: SocketOptions = {
  transport: WebSocket,
  reconnectAfterMs: () => 10,
  rejoinAfterMs: () => 10,
};

/** Components by their key, as a test describes them. */
export type Components = Readonly<Record<string, Omit<ComponentSpec, "show">>>;

/** What a component shows of its values. What is undefined is not shown. */
export interface Shown {
  readonly topic?: string | null;
  readonly state?: string;
  readonly reply?: unknown;
  readonly error?: { readonly reason: string; readonly message: string; readonly response?: unknown };
  readonly connection?: string;
  readonly refusal?: { readonly reason: unknown } | null;
  readonly presence?: Values["presence"];
  readonly recovery?: Values["recovery"];
  readonly pending?: Values["pending"];
  readonly typing?: Readonly<Record<string, unknown>>;
}

/** As much of happy-dom as is needed here: tests are compiled without the types of the DOM. */
interface Page {
  createElement(name: string): object;
  querySelector(selector: string): { readonly textContent: string } | null;
  readonly body: { appendChild(element: object): object };
}
const { document } = globalThis as unknown as { readonly document: Page };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A server for this test. */
export async function serve(): Promise<LiveServer> {
  const server = await liveServer();
  closing.push(() => server.close());
  return server;
}

interface Options {
  readonly twice?: boolean;
  /** Default: the url of the server, and {@link OPTIONS}. */
  readonly provider?: PageSpec["provider"];
}

export class TestPage {
  readonly #values = new Map<string, Values>();
  readonly #rendered = new Map<string, Shown[]>();
  readonly #shows = new Map<string, ComponentSpec["show"]>();
  #provider: PageSpec["provider"];
  #page: MountedPage | undefined;

  private constructor(provider: PageSpec["provider"]) {
    this.#provider = provider;
  }

  static async open(driver: Driver, server: LiveServer, components: Components, options: Options = {}) {
    const { provider = { url: server.url, options: OPTIONS }, twice = false } = options;
    const page = new TestPage(provider);
    const container = document.body.appendChild(document.createElement("main")) as never;
    page.#page = await driver.mount(page.#spec(components), { container, twice });
    closing.push(() => page.close());
    return page;
  }

  /** Renders the components anew, below the same provider or another one. */
  async update(components: Components, provider = this.#provider): Promise<void> {
    this.#provider = provider;
    await this.#page?.update(this.#spec(components));
  }

  async close(): Promise<void> {
    await this.#page?.unmount();
    this.#page = undefined;
  }

  /** What is in the document. */
  shown(key: string): Shown {
    const element = document.querySelector(`p[data-key="${key}"]`);
    if (element === null) throw new Error(`${key} is not on the page`);
    return JSON.parse(element.textContent) as Shown;
  }

  /** Resolves when the component shows this. */
  // oxlint-disable vitest/no-standalone-expect -- called in tests
  shows(key: string, shown: object): Promise<void> {
    return vi.waitFor(() => expect(this.shown(key)).toMatchObject(shown), { timeout: 120_000, interval: 5 });
  }

  joined(key: string): Promise<void> {
    return this.shows(key, { state: "joined" });
  }

  /** All that a component has rendered, without repetitions. */
  rendered(key: string): readonly Shown[] {
    return this.#rendered.get(key) ?? [];
  }

  /** What the binding has given to a component in its last rendering. */
  values(key: string): Values {
    return this.#values.get(key) ?? {};
  }

  /** What `useChannel` has given to it. */
  channel(key: string): ChannelValues {
    const { channel } = this.values(key);
    if (channel === undefined) throw new Error(`${key} has no channel`);
    return channel;
  }

  #spec(components: Components): PageSpec {
    const entries = Object.entries(components).map(([key, one]) => [key, { ...one, show: this.#showOf(key) }] as const);
    return { provider: this.#provider, components: Object.fromEntries(entries) };
  }

  #showOf(key: string): ComponentSpec["show"] {
    const show = this.#shows.get(key) ?? ((values: Values) => this.#show(key, values));
    this.#shows.set(key, show);
    return show;
  }

  #show(key: string, values: Values): string {
    this.#values.set(key, values);
    const text = JSON.stringify(shownOf(values));
    const rendered = this.#rendered.get(key) ?? [];
    this.#rendered.set(key, rendered);
    if (JSON.stringify(rendered.at(-1)) !== text) rendered.push(JSON.parse(text) as Shown);
    return text;
  }
}

function shownOf({ channel: room, ephemeral, ...rest }: Values): Shown {
  const others = { ...rest, ...(ephemeral && { typing: Object.fromEntries(ephemeral.values) }) };
  if (room === undefined) return others;
  const { state, reply, error, channel } = room;
  const { reason, message, response } = error ?? {};
  return {
    topic: (channel as { readonly topic?: string } | null)?.topic ?? null,
    state,
    reply,
    ...(reason === undefined || message === undefined ? {} : { error: { reason, message, response } }),
    ...others,
  };
}

/** A socket as an application makes it. */
export function socketTo(server: LiveServer, options: SocketOptions = {}): Socket {
  return new Socket(server.url, { ...OPTIONS, ...options });
}
