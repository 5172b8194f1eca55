/** The channels and direct messages of the demo. */
import type { RoomKind, RoomRole } from "../contract.ts";
import type { Talk } from "./script.ts";
import { GENERAL_FIRST } from "./talks/general-first.ts";
import { GENERAL_LAST } from "./talks/general-last.ts";
import { ALICE_BOB, ALICE_CAROL, DESIGN, NEWS, OLD, RANDOM, SECRET } from "./talks/rooms.ts";

export interface DemoRoom {
  readonly kind: RoomKind;
  /** Null for a direct room. */
  readonly name: string | null;
  readonly topic?: string;
  readonly isDefault?: boolean;
  readonly readOnly?: boolean;
  readonly archived?: boolean;
  readonly members: Readonly<Record<string, RoomRole>>;
  readonly starredBy?: readonly string[];
  /** How many of the last messages somebody has not read. Everybody else has read everything. */
  readonly unread?: Readonly<Record<string, number>>;
  readonly talks: readonly Talk[];
}

const EVERYBODY = { alice: "owner", bob: "member", carol: "member", dave: "member", erin: "member" } as const;

export const ROOMS: readonly DemoRoom[] = [
  {
    kind: "public",
    name: "general",
    topic: "What everybody should know",
    isDefault: true,
    members: { ...EVERYBODY, bob: "moderator" },
    starredBy: ["alice"],
    unread: { bob: 5, carol: 3, erin: 1 },
    talks: [...GENERAL_FIRST, ...GENERAL_LAST],
  },
  {
    kind: "public",
    name: "random",
    topic: "Coffee, lunch, plants",
    isDefault: true,
    members: EVERYBODY,
    unread: { alice: 4, dave: 1 },
    talks: RANDOM,
  },
  {
    kind: "public",
    name: "design",
    topic: "Pixels, words and the space between them",
    members: { carol: "owner", alice: "member", bob: "member", erin: "member" },
    unread: { bob: 1 },
    talks: DESIGN,
  },
  {
    kind: "private",
    name: "secret",
    topic: "Dave must not know",
    members: { alice: "owner", bob: "member" },
    unread: { bob: 1 },
    talks: SECRET,
  },
  {
    kind: "public",
    name: "news",
    topic: "News, and only news",
    readOnly: true,
    members: EVERYBODY,
    unread: { dave: 2 },
    talks: NEWS,
  },
  {
    kind: "public",
    name: "old",
    topic: "The 2.3 release",
    archived: true,
    members: { alice: "owner", bob: "member", dave: "member" },
    talks: OLD,
  },
  {
    kind: "direct",
    name: null,
    members: { alice: "member", bob: "member" },
    unread: { alice: 2 },
    talks: ALICE_BOB,
  },
  {
    kind: "direct",
    name: null,
    members: { alice: "member", carol: "member" },
    unread: { carol: 1 },
    talks: ALICE_CAROL,
  },
];
