import { definePresence } from "wingbeat";

/** Who is in a room: by user id, with the user's name. */
export const presence = definePresence<{ name: string }>();
