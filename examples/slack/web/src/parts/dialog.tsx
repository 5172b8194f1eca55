import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { useState } from "react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import "./dialog.css";
import { focusOrigin, isFocusFree } from "./focus-origin.ts";
import { IconButton } from "./icon-button.tsx";

export interface DialogProps {
  readonly title: string;
  /** A sentence below the title. */
  readonly description?: ReactNode;
  readonly onClose: () => void;
  /** Default `medium`: 32 rem. */
  readonly size?: "small" | "medium" | "large" | undefined;
  /** The title is there for those who do not see the dialog alone: it has a head of its own. */
  readonly bare?: boolean | undefined;
  readonly testId?: string | undefined;
  readonly children: ReactNode;
}

/** A modal dialog, open as long as it is rendered: keeps the focus, closes with Escape and by a click beside it. */
export function Dialog({ title, description, onClose, size = "medium", bare = false, testId, children }: DialogProps) {
  // Radix gives the focus back to a trigger; these dialogs are opened from anywhere.
  const [origin] = useState(focusOrigin);
  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        {/* Not Primitive.Overlay: it puts a <style> into the page, which the Content-Security-Policy refuses. */}
        <div className="dialog-scrim">
          <Primitive.Content
            className={classNames("dialog", `dialog-${size}`, bare && "dialog-bare")}
            data-testid={testId}
            onOpenAutoFocus={focusFirst}
            onCloseAutoFocus={() => giveFocusBack(origin)}
            onInteractOutside={keepForToasts}
            {...(description === undefined ? { "aria-describedby": undefined } : {})}
          >
            {bare ? (
              <Primitive.Title className="visually-hidden">{title}</Primitive.Title>
            ) : (
              <header className="dialog-head">
                <div>
                  <Primitive.Title className="dialog-title">{title}</Primitive.Title>
                  {description !== undefined && (
                    <Primitive.Description className="dialog-description">{description}</Primitive.Description>
                  )}
                </div>
                <Primitive.Close asChild>
                  <IconButton icon={X} label="Close" side="left" />
                </Primitive.Close>
              </header>
            )}
            {children}
          </Primitive.Content>
        </div>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/**
 * What is to be typed in, or the dialog itself. Not the button that closes it: its tooltip would come up, and take the
 * first Escape.
 */
function focusFirst(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget as HTMLElement;
  (dialog.querySelector<HTMLElement>("input, textarea") ?? dialog).focus();
}

/** To where it was before. What the dialog has led to, as another room, may have taken it already. */
function giveFocusBack(origin: HTMLElement | null): void {
  if (isFocusFree()) origin?.focus();
}

/** Toasts lie above the dialog, as if they were a part of it. */
function keepForToasts(event: Event): void {
  if (event.target instanceof Element && event.target.closest("[data-toasts]") !== null) event.preventDefault();
}

/** The part of a dialog that scrolls. */
export function DialogBody({ children }: { readonly children: ReactNode }) {
  return <div className="dialog-body">{children}</div>;
}

/** Its buttons, the most likely one last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <footer className="dialog-actions">{children}</footer>;
}
