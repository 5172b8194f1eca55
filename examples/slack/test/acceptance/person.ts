/** Somebody at a page of theirs: what they do, and what they see. All waiting is for what the page shows. */
import type { Locator, Page } from "playwright-core";
import { expect, vi } from "vitest";
import type { Laptop } from "../../../../tools/test/chromium.ts";
import type { Wire } from "./wire.ts";

/** How long anything may take to be seen, in ms: generous, because what is slow is measured elsewhere. */
export const PATIENCE = 60_000;

/** How pages of a run connect. */
export type Transport = "websocket" | "longpoll";

export interface Device {
  /** Address of a room's page, by the room's name. */
  readonly urlOf: (room: string) => string;
  /** Undefined: its network cannot be unplugged. */
  readonly wire: Wire | undefined;
  /** Undefined: it cannot be put to sleep. */
  readonly laptop: Laptop | undefined;
}

export class Person {
  readonly username: string;
  readonly page: Page;
  readonly #device: Device;

  constructor(username: string, page: Page, device: Device) {
    this.username = username;
    this.page = page;
    this.#device = device;
  }

  /** Loads the page anew, in a room. */
  async goTo(room: string): Promise<void> {
    await this.page.goto(this.#device.urlOf(room));
    await this.#isIn(room);
  }

  /** Opens a room by its link in the sidebar. */
  async enter(room: string): Promise<void> {
    await this.the(`room-${room}`).click();
    await this.#isIn(room);
  }

  /** Until everything in the room on the screen is read, which the demo data leaves open; then to another one. */
  async readAndEnter(room: string): Promise<void> {
    await this.bellSays(0);
    await this.enter(room);
  }

  /** Another tab of the same browser and session. */
  async tab(room = "general"): Promise<Person> {
    const tab = new Person(this.username, await this.page.context().newPage(), this.#device);
    await tab.goTo(room);
    return tab;
  }

  async #isIn(room: string): Promise<void> {
    await this.sees("room-title", room);
    await this.page.locator("[data-testid=composer], [data-testid=composer-disabled]").first().waitFor();
  }

  the(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async sees(testId: string, text?: string | RegExp): Promise<Locator> {
    const all = text === undefined ? this.the(testId) : this.the(testId).filter({ hasText: text });
    await all.first().waitFor();
    return all.first();
  }

  async seesNot(testId: string, text?: string | RegExp): Promise<void> {
    const all = text === undefined ? this.the(testId) : this.the(testId).filter({ hasText: text });
    await expect.poll(() => all.count(), { timeout: PATIENCE }).toBe(0);
  }

  click(testId: string): Promise<void> {
    return this.the(testId).first().click();
  }

  async say(text: string): Promise<Locator> {
    await this.write(text);
    await this.page.keyboard.press("Enter");
    return this.message(text);
  }

  async write(text: string): Promise<void> {
    await this.the("composer").click();
    await this.the("composer").fill(text);
  }

  /** A slash command. The space at its end says that there is nothing to complete: Enter sends it. */
  async command(text: string): Promise<void> {
    await this.write(`${text} `);
    await this.page.keyboard.press("Enter");
  }

  /** The row of a message that has arrived. */
  async message(text: string | RegExp): Promise<Locator> {
    const rows = this.rows(text);
    await rows.first().waitFor();
    return rows.first();
  }

  rows(text?: string | RegExp): Locator {
    const rows = this.page.locator('[data-testid^="msg-"][data-seq]');
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  /** The id of a message, once the server has stored it. */
  async idOf(text: string | RegExp): Promise<number> {
    const row = await this.message(text);
    await expect.poll(() => row.getAttribute("data-testid"), { timeout: PATIENCE }).toMatch(/^msg-\d+$/);
    return Number((await row.getAttribute("data-testid"))?.slice("msg-".length));
  }

  /** Opens the toolbar of a message, and the menu on it where it has to, and presses a button. Gives the message's id. */
  async act(action: "edit" | "delete" | "pin" | "star" | "reply" | "react", text: string): Promise<number> {
    const id = await this.idOf(text);
    const inMenu = action === "delete" || action === "pin";
    // A message that arrives meanwhile can move the row from under the pointer, and its toolbar goes: then once more.
    const openToolbar = async (): Promise<void> => {
      await this.the(`msg-${id}`).hover();
      await this.the(inMenu ? `msg-menu-${id}` : `msg-${action}-${id}`)
        .first()
        .click({ timeout: PATIENCE / 4 });
    };
    await vi.waitFor(openToolbar, { timeout: PATIENCE });
    if (inMenu) await this.click(`msg-${action}-${id}`);
    if (action === "delete") await this.click("confirm-delete");
    return id;
  }

  async react(emoji: string, text: string): Promise<number> {
    const id = await this.act("react", text);
    await this.the("emoji-search").fill(emoji);
    await this.click(`emoji-${emoji}`);
    return id;
  }

  /** What the sidebar says of a room: bold or not, and the number on its badge. */
  async unreadOf(room: string): Promise<{ bold: boolean; badge: number }> {
    const link = this.the(`room-${room}`);
    await link.waitFor();
    const [badge = "0"] = await this.the(`badge-${room}`).allTextContents();
    return { bold: (await link.getAttribute("data-unread")) === "true", badge: Number.parseInt(badge, 10) };
  }

  async hasUnread(room: string, expected: { bold: boolean; badge: number }): Promise<void> {
    await expect.poll(() => this.unreadOf(room), { timeout: PATIENCE }).toEqual(expected);
  }

  /** The sum of all badges, as the title of the page says: "(2) #general". The demo data has some. */
  async badges(): Promise<number> {
    return Number(/^\((\d+)\)/.exec(await this.page.title())?.[1] ?? 0);
  }

  /** The number on the bell. */
  async bellSays(count: number): Promise<void> {
    const bell = this.the("bell-count");
    const says = async (): Promise<number> => Number((await bell.allTextContents())[0] ?? 0);
    await expect.poll(says, { timeout: PATIENCE }).toBe(count);
  }

  async statusOf(username: string, status: string, timeout = 30_000): Promise<void> {
    await expect
      .poll(() => this.the(`presence-${username}`).first().getAttribute("data-status"), { timeout })
      .toBe(status);
  }

  /** Opens one of the panels at the right. */
  async panel(name: string): Promise<void> {
    if ((await this.the(`panel-${name}`).count()) === 0) await this.click(`open-${name}`);
    await this.the(`panel-${name}`).waitFor();
  }

  /** Loses the network, and the connections with it. Only who was opened with `wire`. */
  unplug(): void {
    this.#device.wire?.cut();
  }

  /** The same, but neither this end nor the server is told. */
  loseSignal(): void {
    this.#device.wire?.hush();
  }

  plugIn(): void {
    this.#device.wire?.mend();
  }

  /** Closes the lid: the browser is stopped in the middle of what it does. Only who was opened with `laptop`. */
  sleep(): void {
    this.#device.laptop?.sleep();
  }

  wake(): void {
    this.#device.laptop?.wake();
  }

  /** As if another window were in front: the page is told that it has lost the focus, and the focus again. */
  async blur(): Promise<void> {
    await this.page.evaluate(`document.hasFocus = () => false; window.dispatchEvent(new Event("blur"))`);
  }

  async focus(): Promise<void> {
    await this.page.evaluate(`document.hasFocus = () => true; window.dispatchEvent(new Event("focus"))`);
  }
}
