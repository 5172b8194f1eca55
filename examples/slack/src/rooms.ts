/** Rooms: who is in them, what they are called, and what stands in whose sidebar. */
export { createRoom, joinDefaultRooms } from "./rooms/create.ts";
export { ignoreUser, openDirect } from "./rooms/direct.ts";
export { canView, ensureView, findRoom, lastReadIn, membersOf, NOT_SEEN, roomFor, roomNamed } from "./rooms/find.ts";
export { inviteMember, joinRoom, kickMember, leaveRoom, muteMember, setRole } from "./rooms/membership.ts";
export { changeRoom } from "./rooms/settings.ts";
export type { Setting } from "./rooms/settings.ts";
export { browseRooms, roomIdsOf, setRoomPreferences, summaries, summaryIfMember, summaryOf } from "./rooms/sidebar.ts";
