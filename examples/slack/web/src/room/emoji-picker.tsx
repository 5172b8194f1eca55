import { Popover } from "radix-ui";
import { useState } from "react";
import type { KeyboardEvent, ReactElement } from "react";
import { emojiGroups, findEmoji } from "../text/emoji.ts";
import type { Emoji } from "../text/emoji.ts";
import "./emoji-picker.css";

export interface EmojiPickerProps {
  readonly onPick: (char: string) => void;
  readonly onOpenChange?: ((open: boolean) => void) | undefined;
  /** Its button: one element that takes a ref. */
  readonly children: ReactElement;
}

const COLUMNS = 8;

/** All emoji at a button, with a search. Enter takes the first one found. */
export function EmojiPicker({ onPick, onOpenChange, children }: EmojiPickerProps) {
  const [open, setOpen] = useState(false);
  const change = (next: boolean) => {
    setOpen(next);
    onOpenChange?.(next);
  };
  const pick = (char: string) => {
    change(false);
    onPick(char);
  };
  return (
    <Popover.Root open={open} onOpenChange={change}>
      <Popover.Trigger asChild>{children}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="emoji-picker"
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Emoji"
        >
          <PickerContent onPick={pick} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function PickerContent({ onPick }: { readonly onPick: (char: string) => void }) {
  const [query, setQuery] = useState("");
  const found = query === "" ? null : findEmoji(query.trim().replaceAll(" ", "_"), 48);
  const [first] = found ?? [];
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- arrows between the buttons inside
    <div className="emoji-picker-inner" onKeyDown={moveInGrid}>
      <input
        className="emoji-picker-search"
        type="search"
        placeholder="Search emoji"
        aria-label="Search emoji"
        data-testid="emoji-search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || first === undefined) return;
          event.preventDefault();
          onPick(first.char);
        }}
      />
      <div className="emoji-picker-scroll">
        {found === null ? (
          emojiGroups.map(({ name, emoji }) => (
            <section key={name} aria-label={name}>
              <h3 className="emoji-picker-group">{name}</h3>
              <Grid emoji={emoji} onPick={onPick} />
            </section>
          ))
        ) : found.length > 0 ? (
          <Grid emoji={found} onPick={onPick} />
        ) : (
          <p className="emoji-picker-none">No emoji is called that.</p>
        )}
      </div>
    </div>
  );
}

function Grid({ emoji, onPick }: { readonly emoji: readonly Emoji[]; readonly onPick: (char: string) => void }) {
  return (
    <div className="emoji-picker-grid">
      {emoji.map(({ name, char }) => (
        <button
          key={name}
          type="button"
          className="emoji-picker-emoji"
          title={`:${name}:`}
          aria-label={name.replaceAll("_", " ")}
          data-testid={`emoji-${name}`}
          onClick={() => onPick(char)}
        >
          {char}
        </button>
      ))}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };

function moveInGrid(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  const from = event.target as HTMLElement;
  const inSearch = from.matches("input");
  if (step === undefined || (inSearch && event.key !== "ArrowDown")) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(".emoji-picker-emoji")];
  event.preventDefault();
  if (inSearch) return buttons[0]?.focus();
  const next = buttons.indexOf(from) + step;
  if (next < 0) event.currentTarget.querySelector("input")?.focus();
  else buttons[Math.min(next, buttons.length - 1)]?.focus();
}
