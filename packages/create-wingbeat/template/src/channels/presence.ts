import { definePresence } from "wingbeat";

/** Who is in a room: by user id, with the name that each goes by. */
export const presence = definePresence<{ name: string }>();
