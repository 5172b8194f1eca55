/** The members of a room. */
import type { Member } from "@wingbeat/example-slack/contract";
import type { RoomState } from "./types.ts";

export type MemberAction =
  | { readonly type: "memberJoined"; readonly member: Member }
  | { readonly type: "memberChanged"; readonly member: Member }
  | { readonly type: "memberLeft"; readonly userId: number };

export function changeMember(state: RoomState, action: MemberAction): RoomState {
  if (action.type === "memberLeft") {
    return { ...state, members: state.members.filter(({ user }) => user.id !== action.userId) };
  }
  const { member } = action;
  const isKnown = state.members.some(({ user }) => user.id === member.user.id);
  if (!isKnown) return { ...state, members: [...state.members, member] };
  return { ...state, members: state.members.map((held) => (held.user.id === member.user.id ? member : held)) };
}
