/** The shapes of what pages send. Whatever fits can be stored: numbers that the database takes, text without NUL. */
import { z } from "zod";

// What a page lets its user write has a sentence of its own below. For the rest nobody but the page can be at fault.
z.config({ localeError: () => "The server does not understand this page any more. Reload it, then try again." });

/** Of a user, a room or an attachment. */
export const Id = z.number().int().min(1).max(2_147_483_647);
/** Of a message or a notification. */
export const BigId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** The number of a message in its room; 0 stands before the first. */
export const Seq = z.number().int().min(0).max(2_147_483_647);

/** One line, trimmed. */
export const Line = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `At most ${max} characters, please.`)
    .regex(/^\P{Cc}*$/u, "One line of text, please.");

/** Several lines, trimmed. */
export const Text = (max: number, tooLong = `At most ${max} characters, please.`) =>
  z
    .string()
    .trim()
    .max(max, tooLong)
    .regex(/^[^\0]*$/, "There is a character in it that cannot be kept.");

/** Characters of a message. */
export const MAX_BODY = 4000;
export const TOO_LONG = "A message has at most 4,000 characters. Shorten it, or send it in parts.";
export const Body = Text(MAX_BODY, TOO_LONG);

/** As a room's name is written: `#` and spaces are for the page. */
export const RoomName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}_-]{0,39}$/u, "Letters, digits, - and _; at most 40 of them.");

/** The decimal id in a topic, written in the one way that counts; else undefined. */
export function idIn(text: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text) && Id.safeParse(Number(text)).success ? Number(text) : undefined;
}
