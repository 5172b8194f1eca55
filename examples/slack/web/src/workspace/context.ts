import type { Announcement, Me, RoomSummary, Status, User } from "@wingbeat/example-slack/contract";
import { createContext, use } from "react";
import type { Actions } from "./actions.ts";
import type { Statuses } from "./statuses.ts";

/** What stands at the right of a room. */
export type PanelKind = "members" | "pinned" | "starred" | "mentions" | "files" | "settings" | "search";
export interface Panel {
  readonly kind: PanelKind;
  /** Of `search`: what to look for at once. */
  readonly query?: string | undefined;
}

export type DialogKind =
  | { readonly kind: "browse" | "new-message" | "sessions" | "admin" | "shortcuts" | "switcher" }
  | { readonly kind: "create"; readonly name?: string | undefined }
  | { readonly kind: "profile"; readonly user: User };

/** Everything that components below know and can do. */
export interface Workspace {
  readonly me: Me;
  readonly rooms: readonly RoomSummary[];
  /** Of the address. May be a room that the user is not in: a public one, seen before joining. */
  readonly currentRoomId: number | null;
  /** Null when the user is not in it. */
  readonly currentRoom: RoomSummary | null;
  readonly announcement: Announcement | null;
  /** Ids of the users whom this one ignores. */
  readonly ignored: readonly number[];
  /** Mentions that were not read. */
  readonly unreadMentions: number;
  /** False until the user's channel was joined for the first time: time for skeletons. */
  readonly ready: boolean;
  /** Somebody looks at this tab. */
  readonly active: boolean;
  readonly actions: Actions;
  /** Shows a room, and with `seq` that message in it. */
  readonly openRoom: (roomId: number, seq?: number) => void;
  readonly panel: Panel | null;
  /** The panel that is open is closed when it is asked for again, unless there is a query. Null closes. */
  readonly openPanel: (kind: PanelKind | null, query?: string) => void;
  readonly dialog: DialogKind | null;
  readonly openDialog: (dialog: DialogKind | null) => void;
  readonly openProfile: (user: User) => void;
  /** The sidebar, where it is a drawer. */
  readonly drawerOpen: boolean;
  readonly setDrawerOpen: (open: boolean) => void;
  /** A room tells how many messages it got after a lost connection, for the strip. */
  readonly reportCaughtUp: (count: number) => void;
  /** Runs what may be refused; then the server's sentence is shown. Gives whether it went well. */
  readonly attempt: (action: () => PromiseLike<unknown>) => Promise<boolean>;
  readonly logOut: () => Promise<void>;
  /** On all devices. */
  readonly logOutEverywhere: () => Promise<void>;
}

export const WorkspaceContext = createContext<Workspace | null>(null);
export const StatusesContext = createContext<Statuses>(new Map());

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext);
  if (workspace === null) throw new Error("No WorkspaceProvider is around this component");
  return workspace;
}

/** How somebody is shown. Offline while nothing is known. */
export const useStatus = (userId: number): Status => use(StatusesContext).get(userId) ?? "offline";

/** All of them, for lists that are sorted by it. */
export const useStatuses = (): Statuses => use(StatusesContext);
