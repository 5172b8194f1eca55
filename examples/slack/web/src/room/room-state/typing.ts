/** Who is typing: the others, in the order in which they began. */
import type { RoomState } from "./types.ts";

interface TypingPush {
  readonly userId: number;
  readonly username: string;
  readonly typing: boolean;
}

export function changeTyping(state: RoomState, { userId, username, typing }: TypingPush): RoomState {
  if (userId === state.userId) return state;
  if (!typing) return withoutTypist(state, userId);
  if (state.typing.some((typist) => typist.userId === userId)) return state;
  return { ...state, typing: [...state.typing, { userId, username }] };
}

export function withoutTypist(state: RoomState, userId: number): RoomState {
  if (!state.typing.some((typist) => typist.userId === userId)) return state;
  return { ...state, typing: state.typing.filter((typist) => typist.userId !== userId) };
}

/** A sentence, or an empty text when nobody types. */
export function typingText(names: readonly string[]): string {
  const [first, second, ...more] = names;
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing…`;
  if (more.length === 0) return `${first} and ${second} are typing…`;
  if (more.length === 1) return `${first}, ${second} and ${more[0]} are typing…`;
  return "Several people are typing…";
}
