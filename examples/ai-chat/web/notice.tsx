import { useCallback, useEffect, useState } from "react";
import type { ReactNode } from "react";

const SHOWN = 6_000;

/** A line that is shown for some seconds, and how to say it. Screen readers read it. */
export function useNotice(): readonly [notice: ReactNode, tell: (text: string) => void] {
  const [notice, setNotice] = useState<{ readonly text: string }>();
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(() => setNotice(undefined), SHOWN);
    return () => clearTimeout(timer);
  }, [notice]);
  const tell = useCallback((text: string) => setNotice({ text }), []);
  return [
    <div key="notice" role="status">
      {notice && <p className="notice">{notice.text}</p>}
    </div>,
    tell,
  ];
}
