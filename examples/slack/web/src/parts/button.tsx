import type { ComponentProps } from "react";
import "./button.css";
import { classNames } from "./class-names.ts";

export interface ButtonProps extends ComponentProps<"button"> {
  /** Default `plain`. One `primary` per view. */
  readonly look?: "primary" | "plain" | "danger" | "quiet" | undefined;
  readonly size?: "medium" | "small" | undefined;
  /** Waits for the server: shown, and pressed in vain. */
  readonly busy?: boolean | undefined;
}

export function Button({ look = "plain", size = "medium", busy = false, className, onClick, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={classNames("button", `button-${look}`, `button-${size}`, className)}
      aria-busy={busy || undefined}
      // Not `disabled`: a button that goes away under the finger loses the focus.
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    />
  );
}
