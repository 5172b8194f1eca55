/** When nothing on the page changes: somebody has paused it, or is selecting text in it. */
import { createContext, useContext, useEffect, useState } from "react";

export interface Hold {
  /** Paused: the page asks for nothing, and costs the nodes nothing. */
  readonly paused: boolean;
  pause(paused: boolean): void;
  /** Somebody selects text: answers come, and are shown when they are done. */
  readonly selecting: boolean;
}

export const HoldContext = createContext<Hold>({ paused: false, pause: () => {}, selecting: false });

export const useHold = (): Hold => useContext(HoldContext);

/** Whether text of the page is selected, not counting what is typed in a field. */
function isSelecting(): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.toString() !== "";
}

export function useHoldState(): Hold {
  const [paused, pause] = useState(false);
  const [selecting, setSelecting] = useState(false);
  useEffect(() => {
    const changed = (): void => setSelecting(isSelecting());
    document.addEventListener("selectionchange", changed);
    return () => document.removeEventListener("selectionchange", changed);
  }, []);
  return { paused, pause, selecting };
}
