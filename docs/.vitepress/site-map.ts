/** The order of the pages in the navigation. A page that is not written yet is left out. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const docs = join(import.meta.dirname, "..");

interface Section {
  readonly text: string;
  /** Below `docs`. */
  readonly folder: string;
  /** File names without `.md`. */
  readonly pages: readonly string[];
}

export const GUIDE: readonly Section[] = [
  {
    text: "Start",
    folder: "guide",
    pages: ["start", "add-to-an-app", "is-it-for-you", "life-of-a-message"],
  },
  {
    text: "Server",
    folder: "guide",
    pages: ["channels", "sockets", "types", "publishing", "presence"],
  },
  {
    text: "Clients",
    folder: "guide",
    pages: ["client", "react", "react-native", "vue", "svelte"],
  },
  {
    text: "Delivery",
    folder: "guide",
    pages: ["history", "exactly-once", "outbox", "ephemeral", "slow-clients", "resumable-streams"],
  },
  {
    text: "Production",
    folder: "guide",
    pages: [
      "testing",
      "scaling",
      "deployment",
      "operations",
      "security",
      "tokens",
      "inspector",
      "contract",
      "troubleshooting",
    ],
  },
];

export const TUTORIAL: readonly Section[] = [{ text: "Tutorial", folder: "tutorial", pages: ["index"] }];

export const FROM: readonly Section[] = [
  { text: "Coming from", folder: "from", pages: ["socket-io", "phoenix", "supabase", "partykit", "anycable"] },
];

export const REFERENCE: readonly Section[] = [
  {
    text: "Reference",
    folder: "reference",
    pages: ["cheatsheet", "errors", "telemetry", "metrics", "limits", "cli", "rooms-contract"],
  },
  {
    text: "Project",
    folder: "reference",
    pages: ["protocol", "architecture", "benchmarks", "changelog"],
  },
  { text: "Decisions", folder: "decisions", pages: ["index"] },
];

export const SECTIONS: readonly Section[] = [...TUTORIAL, ...GUIDE, ...FROM, ...REFERENCE];

/** Pages that show a file of the repository: it is included, and its links are read from where it is. */
export const INCLUDED: Readonly<Record<string, string>> = {
  "reference/protocol.md": "packages/protocol/PROTOCOL.md",
  "reference/architecture.md": "ARCHITECTURE.md",
  "reference/changelog.md": "CHANGELOG.md",
  "reference/benchmarks.md": "bench/README.md",
};

/** How the navigation calls pages whose heading says less, or more. */
const NAMES: Readonly<Record<string, string>> = {
  "reference/protocol.md": "Protocol",
  "reference/benchmarks.md": "Benchmarks",
};

/** What a page is called: its first heading, unless it has a name for the navigation. */
export function titleOf(page: string): string {
  if (NAMES[page] !== undefined) return NAMES[page];
  const source = readFileSync(join(docs, "..", INCLUDED[page] ?? `docs/${page}`), "utf8");
  return /^# (.+)$/m.exec(source)?.[1]?.replaceAll("`", "") ?? page;
}

/** The pages of a section that exist, as paths below `docs`. Numbered pages follow by themselves. */
export function pagesOf({ folder, pages }: Section): string[] {
  const existing = pages.filter((name) => existsSync(join(docs, folder, `${name}.md`)));
  return [...existing, ...stepsOf(folder)].map((name) => `${folder}/${name}.md`);
}

/** `1-first-step`, `2-second-step` … */
function stepsOf(folder: string): string[] {
  if (!existsSync(join(docs, folder))) return [];
  const names = readdirSync(join(docs, folder)).filter((name) => /^\d+-.*\.md$/.test(name));
  return names.map((name) => name.slice(0, -".md".length)).sort((a, b) => Number.parseInt(a) - Number.parseInt(b));
}
