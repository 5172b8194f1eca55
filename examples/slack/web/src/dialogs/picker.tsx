import { Search } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import "./picker.css";

export interface PickerOption {
  readonly key: string;
  readonly mark: ReactNode;
  readonly text: string;
  /** Smaller, at the end. */
  readonly hint?: string | undefined;
  readonly bold?: boolean | undefined;
  readonly testId?: string | undefined;
  readonly run: () => void;
}

export interface PickerProps {
  readonly label: string;
  readonly placeholder: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly options: readonly PickerOption[];
  /** Shown when there are no options. */
  readonly empty: ReactNode;
  readonly testId?: string | undefined;
}

/** A line to type in, and what fits below it: arrows choose, Enter takes. */
export function Picker({ label, placeholder, query, onQuery, options, empty, testId }: PickerProps) {
  const id = useId();
  const [chosenKey, setChosenKey] = useState<string | null>(null);
  // Another answer may not have what was chosen any more: then the first is.
  const index = Math.max(
    0,
    options.findIndex(({ key }) => key === chosenKey),
  );
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [index, options]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = options[(index + step + options.length) % options.length];
      if (next !== undefined) setChosenKey(next.key);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      options[index]?.run();
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <div className="picker">
      <div className="picker-box">
        <Search size={17} aria-hidden="true" />
        <input
          className="picker-input"
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={options.length > 0 ? `${id}-${index}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={query}
          onChange={(event) => {
            setChosenKey(null);
            onQuery(event.target.value);
          }}
          onKeyDown={onKeyDown}
          data-testid={testId}
        />
      </div>
      <div className="picker-list" role="listbox" id={`${id}-list`} aria-label={label} ref={list}>
        {options.map((option, position) => (
          // The focus stays in the line above; `aria-activedescendant` says which option is meant.
          <div
            className="picker-option"
            role="option"
            id={`${id}-${position}`}
            key={option.key}
            aria-selected={position === index}
            data-testid={option.testId}
            onMouseMove={() => setChosenKey(option.key)}
            onClick={option.run}
          >
            {option.mark}
            <span className={option.bold === true ? "picker-text picker-bold truncate" : "picker-text truncate"}>
              {option.text}
            </span>
            {option.hint !== undefined && <span className="picker-hint truncate">{option.hint}</span>}
          </div>
        ))}
      </div>
      {options.length === 0 && <div className="picker-empty">{empty}</div>}
    </div>
  );
}
