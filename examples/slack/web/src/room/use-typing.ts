import { useCallback, useRef } from "react";

/** Milliseconds. The server forgets after about twice this time. */
const REPEAT_MS = 3_000;

/** Tells the others that this user is typing, now and then. */
export function useTyping(tell: () => void, isJoined: boolean): () => void {
  const told = useRef(0);
  return useCallback(() => {
    if (!isJoined || Date.now() - told.current < REPEAT_MS) return;
    told.current = Date.now();
    tell();
  }, [tell, isJoined]);
}
