/** Users, their sessions, and what belongs to one user alone. */
export {
  connectedUser,
  findSession,
  openSession,
  revokeAllSessions,
  revokeSession,
  SESSION_AGE,
  sessionsOf,
} from "./accounts/sessions.ts";
export type { Login } from "./accounts/sessions.ts";
export {
  authenticate,
  bans,
  createUser,
  findUser,
  findUsers,
  ignoredBy,
  manualStatusOf,
  meOf,
  setBan,
  setIgnored,
  setManualStatus,
  setPreferences,
  USER_COLUMNS,
} from "./accounts/users.ts";
export type { NewUser } from "./accounts/users.ts";
