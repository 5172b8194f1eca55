import { useEffect, useRef } from "react";
import "./autocomplete.css";
import type { Suggestion } from "./suggestions.tsx";

export interface AutocompleteProps {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  /** Index of the one that Enter takes. */
  readonly active: number;
  readonly onPick: (suggestion: Suggestion) => void;
  readonly onActive: (index: number) => void;
}

export const optionId = (id: string, index: number): string => `${id}-${index}`;

/** The list above the composer. The focus stays in the text, which says what is chosen. */
export function Autocomplete({ id, suggestions, active, onPick, onActive }: AutocompleteProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <ul ref={list} className="autocomplete" id={id} role="listbox" aria-label="Suggestions" data-testid="autocomplete">
      {suggestions.map((suggestion, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the composer's
        <li
          key={suggestion.value}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === active}
          tabIndex={-1}
          className="autocomplete-option"
          data-testid={`autocomplete-${suggestion.value}`}
          onPointerMove={() => index !== active && onActive(index)}
          // The text must not lose the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(suggestion)}
        >
          <span className="autocomplete-mark" aria-hidden="true">
            {suggestion.mark}
          </span>
          <span className="autocomplete-label">{suggestion.label}</span>
          {suggestion.hint !== undefined && <span className="autocomplete-hint truncate">{suggestion.hint}</span>}
        </li>
      ))}
    </ul>
  );
}
