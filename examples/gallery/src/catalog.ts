/** What the page says about each example. Lines are counted, and pictures are taken: `lines.ts`, `test/pictures.ts`. */
export interface Entry {
  /** Its folder below `examples`. */
  readonly name: string;
  readonly title: string;
  readonly purpose: string;
  readonly shows: readonly string[];
  /** What is added to its address in each of the two windows, so that they are two people. Absent: its pages refuse frames. */
  readonly windows?: readonly [string, string];
  /** How to be two people where the page cannot show two windows. */
  readonly hint?: string;
  /** Started when somebody opens it: the arguments of `node`, in its folder. Absent: part of this process. */
  readonly program?: readonly string[];
}

const NAMES = ["?name=Ada", "?name=Grace"] as const;
/** These pages ask who is there. */
const ASK = ["", ""] as const;

export const FLAGSHIP: Entry = {
  name: "slack",
  title: "Roost, a Slack clone",
  purpose: "A complete team chat in one Node process, built on the packages' public API only.",
  shows: [
    "public and private channels, direct messages, mentions, reactions, search",
    "presence, typing, unread markers, several devices of one person",
    "roles and sessions: who is removed from a channel sees nothing of it any more",
    "PGlite or PostgreSQL; one process, or several with Redis",
  ],
  hint: "Log in as Alice here and as Bob in a private window.",
  program: ["dist/main.js"],
};

export const EXAMPLES: readonly Entry[] = [
  {
    name: "chat",
    title: "Chat",
    purpose: "The teaching example: the tutorial builds it in ten steps.",
    shows: [
      "rooms, a table of messages, and a history for those who were offline",
      "who is here, who is typing, a login with a token",
      "messages written without a connection are sent later, once",
    ],
    windows: NAMES,
    program: ["--import", "tsx", "src/server.ts"],
  },
  {
    name: "ai-chat",
    title: "AI chat",
    purpose: "Answers of a language model that go on without you.",
    shows: [
      "reload, lose the network, change the device: nothing is missing",
      "stop an answer from any window; a restart of the server",
      "a stand-in for a model, or any server with OpenAI's API",
    ],
    hint: "Open its address in a second window while it answers.",
    program: ["dist/server.js"],
  },
  {
    name: "react",
    title: "Chat with React",
    purpose: "Rooms, history and presence with the hooks of @wingbeat/react.",
    shows: ["typed hooks: channel, events, presence, recovery", "a component that is replaced keeps its channel"],
    windows: NAMES,
    program: ["dist/main.js"],
  },
  {
    name: "vue",
    title: "Chat with Vue",
    purpose: "The same chat with the composables of @wingbeat/vue.",
    shows: ["typed composables: channel, events, presence, recovery", "refs for topics that change"],
    windows: NAMES,
    program: ["dist/main.js"],
  },
  {
    name: "svelte",
    title: "Chat with Svelte",
    purpose: "The same chat with @wingbeat/svelte, for Svelte 5.",
    shows: ["runes for state, functions for what changes", "channel, events, presence, recovery"],
    windows: NAMES,
    program: ["dist/main.js"],
  },
  {
    name: "lobby",
    title: "Lobby",
    purpose: "One chat for everybody: the basics of channels.",
    shows: [
      "a socket that lets in who has a token",
      "push, broadcast, broadcastFrom; a message that looks different to its author",
      "a topic that is refused, and one whose join crashes",
    ],
    windows: ASK,
  },
  {
    name: "rooms",
    title: "Rooms",
    purpose: "A lobby, 999 rooms, and somebody who sees it all.",
    shows: [
      "one channel for many topics",
      "what each subscriber may see: intercepted broadcasts, ignored users",
      "messages from outside: POST /rooms/12/messages",
    ],
    windows: ASK,
  },
  {
    name: "forum",
    title: "Forum",
    purpose: "Members, guests, and what each of them is told.",
    shows: [
      "a topic for everybody, one for members, one for each member alone",
      "signals from HTTP handlers; a logout that ends one session",
      "who is online, tab by tab",
    ],
    windows: ASK,
  },
  {
    name: "notifications",
    title: "Notifications",
    purpose: "Mention somebody, and all of their devices know.",
    shows: [
      "stored first, then sent: who was offline gets exactly what is new",
      "read on one device is read on all",
      "several channels on one connection",
    ],
    windows: ASK,
  },
];

/** Where an example begins on this server. */
export const pathOf = ({ name, program }: Entry): string => (program === undefined ? `/${name}/` : `/open/${name}/`);
