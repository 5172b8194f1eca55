import { useEffect, useState } from "react";

/** Whether somebody looks at this tab: it is visible, and its window has the focus. */
export function useActive(): boolean {
  const [active, setActive] = useState(() => document.visibilityState === "visible" && document.hasFocus());
  useEffect(() => {
    const isVisible = () => document.visibilityState === "visible";
    // The event is the truth: while the window's `blur` is told, hasFocus() may still say yes.
    const focused = () => setActive(isVisible());
    const blurred = () => setActive(false);
    const shown = () => setActive(isVisible() && document.hasFocus());
    window.addEventListener("focus", focused);
    window.addEventListener("blur", blurred);
    document.addEventListener("visibilitychange", shown);
    return () => {
      window.removeEventListener("focus", focused);
      window.removeEventListener("blur", blurred);
      document.removeEventListener("visibilitychange", shown);
    };
  }, []);
  return active;
}
