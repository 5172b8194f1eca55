/** Shortcodes and their characters: looked up by messages, searched by the picker and by the composer. */
import { EMOJI_GROUPS } from "./emoji-list.ts";

export interface Emoji {
  /** Without colons. */
  readonly name: string;
  readonly char: string;
}

export interface EmojiGroup {
  readonly name: string;
  readonly emoji: readonly Emoji[];
}

/** Other names that people type for emoji of the list. */
const ALIASES: Readonly<Record<string, string>> = {
  "+1": "thumbsup",
  "-1": "thumbsdown",
  lol: "joy",
  hooray: "tada",
  party: "partying",
  white_check_mark: "check",
  slightly_smiling_face: "slight_smile",
  red_heart: "heart",
  ship_it: "rocket",
  idea: "bulb",
};

/** Offered on the toolbar of each message. */
export const QUICK_EMOJI: readonly string[] = ["👍", "🎉", "👀"];

export const emojiGroups: readonly EmojiGroup[] = EMOJI_GROUPS.map(({ name, source }) => ({
  name,
  emoji: pairsOf(source.trim().split(/\s+/)),
}));

export const allEmoji: readonly Emoji[] = emojiGroups.flatMap(({ emoji }) => emoji);

const charByName = new Map(allEmoji.map(({ name, char }) => [name, char]));
for (const [alias, name] of Object.entries(ALIASES)) charByName.set(alias, charByName.get(name) ?? "");
const nameByChar = new Map(allEmoji.map(({ name, char }) => [char, name]));

/** The character of a shortcode, or undefined. */
export const emojiNamed = (name: string): string | undefined => charByName.get(name);

/** The shortcode of a character, for accessible names; the character itself when it has none. */
export const nameOfEmoji = (char: string): string => nameByChar.get(char)?.replaceAll("_", " ") ?? char;

/** Those whose shortcode has the query, the ones that begin with it first. */
export function findEmoji(query: string, limit: number): Emoji[] {
  const wanted = query.toLowerCase();
  const alias = ALIASES[wanted];
  const rank = ({ name }: Emoji) => {
    if (name === wanted || name === alias) return 0;
    if (name.startsWith(wanted)) return 1;
    return name.includes(wanted) ? 2 : 3;
  };
  return allEmoji
    .map((emoji) => ({ emoji, rank: rank(emoji) }))
    .filter((found) => found.rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, limit)
    .map(({ emoji }) => emoji);
}

function pairsOf(words: readonly string[]): Emoji[] {
  const emoji: Emoji[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) emoji.push({ name: words[at] ?? "", char: words[at + 1] ?? "" });
  return emoji;
}
