import { useMemo, useRef } from "react";

/** Milliseconds. The server forgets after about twice this time. */
const REPEAT_MS = 3_000;

export interface Typing {
  /** A key was pressed: tells the others, now and then. */
  readonly typed: () => void;
  /** The message is sent, which ends the typing: the next key is news again. */
  readonly ended: () => void;
}

/** Tells the others that this user is typing. */
export function useTyping(tell: () => void, isJoined: boolean): Typing {
  const told = useRef(0);
  return useMemo(
    () => ({
      typed: () => {
        if (!isJoined || Date.now() - told.current < REPEAT_MS) return;
        told.current = Date.now();
        tell();
      },
      ended: () => {
        told.current = 0;
      },
    }),
    [tell, isJoined],
  );
}
