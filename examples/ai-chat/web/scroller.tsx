import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { DownIcon } from "./icons.tsx";

/** Distance to the end that still counts as the end, in px. */
const NEAR = 64;

/** Stays at the end while the reader is there, however the content grows. */
export function Scroller({ children }: { readonly children: ReactNode }) {
  const frame = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [isAway, setAway] = useState(false);

  const toEnd = () => frame.current?.scrollTo({ top: frame.current.scrollHeight });

  useEffect(() => {
    const observer = new ResizeObserver(() => isAtEnd.current && toEnd());
    observer.observe(content.current!);
    observer.observe(frame.current!); // a phone's keyboard takes room away
    return () => observer.disconnect();
  }, []);

  return (
    <main
      ref={frame}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
        setAway(!isAtEnd.current);
      }}
    >
      <div ref={content} className="column">
        {children}
      </div>
      {isAway && (
        <button type="button" className="to-end" onClick={toEnd} aria-label="To the end" title="To the end">
          <DownIcon />
        </button>
      )}
    </main>
  );
}
