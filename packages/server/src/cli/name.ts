/** Names as generators take them: words in CamelCase, with dots for folders (`Admin.ChatRoom`). */
import { CommandError } from "./command-error.ts";

export type Kind = "channel" | "socket" | "presence";

export interface Name {
  /** `admin/chat-room`: the path of its file, without extension. */
  readonly path: string;
  /** `adminChatRoom`. */
  readonly camel: string;
  /** `admin_chat_room`. */
  readonly snake: string;
}

const EXAMPLE: Record<Kind, string> = { channel: "ChatRoom", socket: "User", presence: "RoomPresence" };
const SEGMENT = /^[A-Z][A-Za-z0-9]*$/;
const WORDS = /[A-Z]+(?![a-z])[a-z0-9]*|[A-Z][a-z0-9]*/g;

/** Reads a name. `RoomChannel` is the channel `Room`, and `UserSocket` the socket `User`. Throws `CommandError`. */
export function readName(typed: string, kind: Kind): Name {
  const segments = typed.split(".");
  if (!segments.every((segment) => SEGMENT.test(segment))) throw new CommandError(complaint(typed, kind));
  const words = withoutSuffix(segments, kind).map((segment) => segment.match(WORDS) as string[]);
  const all = words.flat().map((word) => word.toLowerCase());
  return {
    path: words.map((segment) => segment.join("-").toLowerCase()).join("/"),
    camel: all.map((word, index) => (index === 0 ? word : capital(word))).join(""),
    snake: all.join("_"),
  };
}

function withoutSuffix(segments: readonly string[], kind: Kind): string[] {
  const suffix = capital(kind);
  const last = segments.at(-1) as string;
  const isSuffixed = kind !== "presence" && last.endsWith(suffix) && last !== suffix;
  return [...segments.slice(0, -1), isSuffixed ? last.slice(0, -suffix.length) : last];
}

function complaint(typed: string, kind: Kind): string {
  const meant = typed
    .split(".")
    .map((segment) => (segment.match(/[A-Za-z0-9]+/g) ?? []).map(capital).join(""))
    .join(".");
  const example = meant.split(".").every((segment) => SEGMENT.test(segment)) ? meant : EXAMPLE[kind];
  return (
    `"${typed}" is not a name for a ${kind}: use words of letters and digits in CamelCase, with dots for folders, ` +
    `e.g. wingbeat gen ${kind} ${example}`
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
