/** What a check has: the application with fresh demo data, and people who open it in browsers of their own. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchLaptop } from "../../../../tools/test/chromium.ts";
import type { Laptop } from "../../../../tools/test/chromium.ts";
import type { App } from "./app.ts";
import { PATIENCE, Person } from "./person.ts";
import type { Transport } from "./person.ts";
import { RawClient } from "./raw-client.ts";
import { layWire } from "./wire.ts";
import type { Wire } from "./wire.ts";

export interface Visit {
  /** By name. */
  readonly room?: string;
  /** Which of several servers: counts from 0. */
  readonly server?: number;
  /** Whether the network of this device can be unplugged. */
  readonly wire?: boolean;
  /** Whether this device can be put to sleep. It has a screen that is high enough for some dozens of messages. */
  readonly laptop?: boolean;
}

/** Its functions need no `this`: checks take them apart. */
export class World {
  readonly app: App;
  readonly transport: Transport;
  readonly #slowness: number;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #raw: RawClient[] = [];
  readonly #wires: Wire[] = [];
  readonly #laptops: Laptop[] = [];

  /** `slowness`: how many times as long as on a machine of its own everything may take. */
  constructor(app: App, browser: Browser, { transport, slowness }: { transport: Transport; slowness: number }) {
    this.app = app;
    this.#browser = browser;
    this.transport = transport;
    this.#slowness = slowness;
  }

  /** How long something may take here that may take so many ms elsewhere. */
  readonly within = (ms: number): number => ms * this.#slowness;

  /** Somebody who is logged in, on a device of their own, looking at a room. `server` counts from 0. */
  readonly open = async (
    username: string,
    { room = "general", server = 0, wire = false, laptop = false }: Visit = {},
  ): Promise<Person> => {
    const laid = wire ? await layWire(this.app.url(server)) : undefined;
    if (laid !== undefined) this.#wires.push(laid);
    const launched = laptop ? await launchLaptop() : undefined;
    if (launched !== undefined) this.#laptops.push(launched);
    const base = laid?.url ?? this.app.url(server);
    const context = await this.#device(base, launched);
    const answer = await context.request.post(`${base}/api/login`, {
      data: { username, password: "roost-demo" },
      headers: { origin: base },
    });
    if (!answer.ok()) throw new Error(`${username} cannot log in: ${answer.status()} ${await answer.text()}`);
    const urlOf = (name: string): string => `${base}/room/${this.app.rooms.get(name)}${this.#query}`;
    const person = new Person(username, await context.newPage(), { urlOf, wire: laid, laptop: launched });
    await person.goTo(room);
    return person;
  };

  /** A page of a new device on which nobody is logged in. */
  readonly visitor = async (server = 0): Promise<Page> => {
    const page = await (await this.#device(this.app.url(server))).newPage();
    await page.goto(`${this.app.url(server)}/${this.#query}`);
    return page;
  };

  /** The official phoenix client, for frames that the page would never send. */
  readonly raw = async (username: string | null, server = 0): Promise<RawClient> => {
    const client = await RawClient.connect(this.app.url(server), username);
    this.#raw.push(client);
    return client;
  };

  get #query(): string {
    return this.transport === "longpoll" ? "?transport=longpoll" : "";
  }

  async #device(baseURL: string, laptop?: Laptop): Promise<BrowserContext> {
    const context = await (laptop?.browser ?? this.#browser).newContext({
      baseURL,
      viewport: { width: 1280, height: 800 },
      // What moves is waited for, by people and by checks.
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(PATIENCE);
    this.#contexts.push(context);
    return context;
  }

  /** Keeps what all pages show now, as `<path>-<n>.png`. */
  async pictures(path: string): Promise<void> {
    this.#wake();
    const pages = this.#contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map((page, n) => page.screenshot({ path: `${path}-${n}.png` }).catch(() => {})));
  }

  async end(): Promise<void> {
    this.#wake();
    for (const client of this.#raw) client.close();
    await Promise.all(this.#contexts.map((context) => context.close()));
    await Promise.all(this.#laptops.map((laptop) => laptop.close()));
    for (const wire of this.#wires) wire.close();
  }

  /** Who sleeps can neither be looked at nor end. */
  #wake(): void {
    for (const laptop of this.#laptops) laptop.wake();
  }
}
