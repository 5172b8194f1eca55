/** A field that filters what a view shows. `/` leads to it, Escape empties it. */
import { useEffect, useState } from "react";

export interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** Milliseconds without a key after which the nodes are asked. */
const PAUSE = 200;

export function Search({ label, value, onSearch }: SearchProps) {
  const [text, setText] = useState(value);
  const [asked, setAsked] = useState(value);
  // The address has changed: by the back button, or a link.
  if (value !== asked) {
    setAsked(value);
    setText(value);
  }
  useEffect(() => {
    if (text === asked) return undefined;
    const timer = setTimeout(() => {
      setAsked(text);
      onSearch(text);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [text, asked, onSearch]);
  return (
    <label className="search">
      <span>{label}</span>
      <input
        type="search"
        data-search
        value={text}
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setText("")}
      />
    </label>
  );
}
