/** What the parts of a room know of it. Two contexts: rows draw anew only when `RowContext` changes. */
import { createContext, use } from "react";
import type { OwnMessage, Permission } from "@wingbeat/example-slack/contract";
import type { Names } from "../text/markup.tsx";
import type { OpenRoom } from "./use-room.ts";
import type { RoomActions } from "./room-actions.ts";

export interface RowContextValue {
  readonly userId: number;
  readonly names: Names;
  readonly actions: RoomActions;
  readonly may: (permission: Permission) => boolean;
  /** Messages can be written, so answered and reacted to. */
  readonly canPost: boolean;
  readonly nameOf: (userId: number) => string | undefined;
  readonly jump: (seq: number) => void;
  readonly reply: (message: OwnMessage) => void;
  /** Null ends the editing. */
  readonly edit: (id: number | null) => void;
  /** Puts the focus into the composer: for buttons that go away when they are pressed. */
  readonly write: () => void;
}

export interface RoomContextValue extends OpenRoom {
  readonly roomId: number;
  /** Shows a message of this room. */
  readonly jump: (seq: number) => void;
}

const missing = (name: string) => new Error(`No ${name} is around this component`);

export const RowContext = createContext<RowContextValue | null>(null);
export function useRow(): RowContextValue {
  const value = use(RowContext);
  if (value === null) throw missing("RowContext");
  return value;
}

export const RoomContext = createContext<RoomContextValue | null>(null);
export function useOpenRoom(): RoomContextValue {
  const value = use(RoomContext);
  if (value === null) throw missing("RoomContext");
  return value;
}
