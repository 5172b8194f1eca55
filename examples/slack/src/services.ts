import type { Db } from "./database.ts";

/** What channels and HTTP handlers are made with. */
export interface Services {
  readonly db: Db;
  /** Signs the tokens of the socket; the same in all processes. */
  readonly secret: string;
  /** After so many ms without focus, a tab is away. */
  readonly idleMs: number;
  /** Lets clients crash a channel and look at what the server holds. */
  readonly dev: boolean;
}
