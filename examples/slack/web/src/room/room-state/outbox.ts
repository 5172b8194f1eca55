/** Messages on their way: shown at once, sent in order, confirmed by the answer or by the push, whichever is first. */
import type { Message } from "@wingbeat/example-slack/contract";
import type { Outgoing, RoomState } from "./types.ts";

export type OutboxAction =
  | { readonly type: "send"; readonly outgoing: Omit<Outgoing, "state" | "error"> }
  | { readonly type: "failed"; readonly clientId: string; readonly error: string }
  | { readonly type: "retry"; readonly clientId: string }
  | { readonly type: "discard"; readonly clientId: string };

export function changeOutbox(state: RoomState, action: OutboxAction): RoomState {
  if (action.type === "send") {
    const outgoing: Outgoing = { ...action.outgoing, state: "sending", error: null };
    // Whoever goes on writing has read the notice.
    return { ...state, outbox: [...state.outbox, outgoing], notice: null };
  }
  const found = state.outbox.find(({ clientId }) => clientId === action.clientId);
  if (found === undefined) return state;
  const others = state.outbox.filter((outgoing) => outgoing !== found);
  if (action.type === "discard") return { ...state, outbox: others };
  // One that is tried again is sent after those that already wait.
  if (action.type === "retry") return { ...state, outbox: [...others, { ...found, state: "sending", error: null }] };
  const failed: Outgoing = { ...found, state: "failed", error: action.error };
  return { ...state, outbox: state.outbox.map((outgoing) => (outgoing === found ? failed : outgoing)) };
}

/** The server has stored these messages: those of them that were on their way have arrived. */
export function withoutConfirmed(state: RoomState, messages: readonly Message[]): RoomState {
  if (state.outbox.length === 0) return state;
  const own = new Set(messages.filter(({ user }) => user.id === state.userId).map(({ clientId }) => clientId));
  const outbox = state.outbox.filter(({ clientId }) => !own.has(clientId));
  return outbox.length === state.outbox.length ? state : { ...state, outbox };
}
