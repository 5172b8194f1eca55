import { Tooltip as Primitive } from "radix-ui";
import type { FocusEvent, ReactElement } from "react";
import "./tooltip.css";

export interface TooltipProps {
  readonly label: string;
  /** As `Ctrl K`: keys apart by spaces. */
  readonly keys?: string | undefined;
  readonly side?: "top" | "right" | "bottom" | "left" | undefined;
  /** One element that takes a ref. */
  readonly children: ReactElement;
}

/** Around the page: tooltips that follow one another come at once. */
export const TooltipProvider = Primitive.Provider;

/** Names what is pointed at or focused. Never the only place where something is said. */
export function Tooltip({ label, keys, side = "top", children }: TooltipProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild onFocus={onlyByKeyboard}>
        {children}
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content className="tooltip" side={side} sideOffset={6} collisionPadding={8}>
          {label}
          {keys?.split(" ").map((key) => (
            <span className="tooltip-key" key={key} aria-hidden="true">
              {key}
            </span>
          ))}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** A button that gets the focus back after a click elsewhere, from a dialog as it closes, needs not be named. */
function onlyByKeyboard(event: FocusEvent): void {
  if (!event.currentTarget.matches(":focus-visible")) event.preventDefault();
}
