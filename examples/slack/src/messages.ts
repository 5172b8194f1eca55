/** Messages: how they are stored, changed and found, and how they look on the wire. */
export { filesIn, mentionsOf, pinnedIn, starsOf } from "./messages/collections.ts";
export { deleteMessage, editMessage } from "./messages/change.ts";
export { history, newestMessages } from "./messages/history.ts";
export { pinMessage, starMessage, starredIn, toggleReaction } from "./messages/marks.ts";
export { search } from "./messages/search.ts";
export { sendMessage } from "./messages/send.ts";
export type { Draft, Posted, Poster } from "./messages/send.ts";
export { messageIn, ownMessage } from "./messages/view.ts";
