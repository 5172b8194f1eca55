/** `npm run pictures`: takes the gallery's pictures in Chromium, in light and dark, each example in use. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryStore, startSite } from "@wingbeat/example-site";
import type { Browser, Page } from "playwright-core";
import { launch } from "../../../tools/test/chromium.ts";
import { EXAMPLES, FLAGSHIP, pathOf } from "../src/catalog.ts";
import { gallery } from "../src/gallery.ts";
import { Programs } from "../src/programs.ts";

const FOLDER = fileURLToPath(new URL("../web/pictures/", import.meta.url));
/** Small windows, so that their text can be read in a small picture. `home-page.ts` has the pictures' size. */
const WINDOW = { width: 640, height: 400, scale: 1.5 };
const FLAGSHIP_WINDOW = { width: 1280, height: 800, scale: 1 };

/** Opens another window, of somebody else. */
type Open = (search?: string) => Promise<Page>;
/** Fills the pages of an example, and gives the one that is shown. */
type Scene = (open: Open) => Promise<Page>;

const say = async (page: Page, text: string) => {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
  await page.getByText(text).first().waitFor();
};

const LINES = ["Is the release out?", "Ten minutes ago.", "Then cake for everyone!"];

/** Two people talk in a page that takes the name from its address. */
const talk: Scene = async (open) => {
  const [ada, grace] = [await open("?name=Ada"), await open("?name=Grace")];
  await ada.getByText("Here: Ada, Grace").waitFor();
  await say(ada, LINES[0]!);
  await say(grace, LINES[1]!);
  await ada.getByText(LINES[1]!).waitFor();
  await say(ada, LINES[2]!);
  return ada;
};

/** The same where the page asks for the name. */
const talkAfterAsking: Scene = async (open) => {
  const [ada, grace] = [await open(), await open()];
  for (const [page, name] of [
    [ada, "Ada"],
    [grace, "Grace"],
  ] as const) {
    await page.getByLabel("Name", { exact: true }).first().fill(name);
    await page.keyboard.press("Enter");
    await page.getByText("Connected", { exact: true }).waitFor();
  }
  await say(ada, LINES[0]!);
  await say(grace, LINES[1]!);
  await ada.getByText(LINES[1]!).waitFor();
  await say(ada, LINES[2]!);
  return ada;
};

const SCENES: Readonly<Record<string, Scene>> = {
  slack: async (open) => {
    const page = await open();
    await page.getByTestId("demo-alice").click();
    await page.getByTestId("room-title").waitFor();
    await page.getByTestId("composer").waitFor();
    return page;
  },
  chat: async (open) => {
    const ada = await talk(open);
    const linus = await open("?name=Linus");
    await ada.getByText("Here: Ada, Grace, Linus").waitFor();
    await linus.getByLabel("Message", { exact: true }).pressSequentially("With cand");
    await ada.getByText("Linus is typing…").waitFor();
    return ada;
  },
  "ai-chat": async (open) => {
    const page = await open();
    await page.getByRole("textbox").fill("How does an answer survive a reload?");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /copy/i }).last().waitFor({ timeout: 60_000 });
    return page;
  },
  react: talk,
  vue: talk,
  svelte: talk,
  lobby: talkAfterAsking,
  rooms: talkAfterAsking,
  forum: async (open) => {
    const [linus, ada] = [await open(), await open()];
    await linus.getByRole("button", { name: "Linus" }).click();
    await ada.getByRole("button", { name: "Ada" }).click();
    await linus.locator('[data-online="true"]', { hasText: "Ada" }).waitFor();
    return ada;
  },
  notifications: async (open) => {
    const page = await open();
    await page.getByRole("button", { name: "Linus" }).click();
    await page.getByText("Connected", { exact: true }).waitFor();
    for (const note of ["Ship the release", "Bake the cake"]) {
      await page.getByLabel("Note to yourself").fill(note);
      await page.keyboard.press("Enter");
      await page.getByText(`Note: ${note}`).first().waitFor();
    }
    return page;
  },
};

const only = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), "wingbeat-pictures-"));
Object.assign(process.env, { DATA: data, DATA_DIR: data, TOKENS_PER_SECOND: "500" });
const browser = await launch();
const programs = new Programs("127.0.0.1");
const site = await startSite({
  ...gallery({ store: memoryStore(), secret: "a secret of these pictures" }, programs),
  port: 0,
  logger: false,
});
mkdirSync(FOLDER, { recursive: true });
for (const entry of [FLAGSHIP, ...EXAMPLES]) {
  if (only.length > 0 && !only.includes(entry.name)) continue;
  const { page, close } = await stage(browser, `http://127.0.0.1:${site.port}${pathOf(entry)}`, entry.name);
  await page.mouse.move(0, 0); // or what is below it shows its tools
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForTimeout(500); // colours fade
    const bytes = await webp(page, { x: 0, y: 0, ...windowOf(entry.name) });
    writeFileSync(join(FOLDER, `${entry.name}-${scheme}.webp`), bytes);
    console.log(`${entry.name}-${scheme}.webp: ${Math.round(bytes.length / 1024)} kB`);
  }
  await close();
}
await site.close();
await programs.close();
await browser.close();
rmSync(data, { recursive: true });

function windowOf(name: string) {
  return name === FLAGSHIP.name ? FLAGSHIP_WINDOW : WINDOW;
}

/** Plays a scene, in windows of people who share nothing. */
async function stage(browser: Browser, url: string, name: string) {
  const contexts: { close(): Promise<void> }[] = [];
  const open: Open = async (search = "") => {
    const context = await browser.newContext({ viewport: windowOf(name), reducedMotion: "reduce" });
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(url + search);
    return page;
  };
  const page = await (SCENES[name] as Scene)(open);
  return { page, close: () => Promise.all(contexts.map((context) => context.close())) };
}

/** WebP, which Playwright does not offer: half the size of PNG. */
async function webp(page: Page, clip: typeof WINDOW & { x: number; y: number }): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80, clip });
  await session.detach();
  return Buffer.from(data, "base64");
}
