/** What came of something that somebody has done, for some seconds. */
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import type { ReactNode } from "react";

/** Milliseconds that a notice stays. */
const STAYS = 8_000;

const NoticeContext = createContext<(text: ReactNode) => void>(() => {});

export const useNotice = (): ((text: ReactNode) => void) => useContext(NoticeContext);

export function Notices({ children }: { readonly children: ReactNode }) {
  const [notice, setNotice] = useState<{ readonly text: ReactNode } | null>(null);
  const tell = useCallback((text: ReactNode) => setNotice({ text }), []);
  useEffect(() => {
    if (notice === null) return undefined;
    const timer = setTimeout(() => setNotice(null), STAYS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <NoticeContext value={tell}>
      {children}
      <div className="notices" role="status">
        {notice !== null && <p className="notice">{notice.text}</p>}
      </div>
    </NoticeContext>
  );
}
