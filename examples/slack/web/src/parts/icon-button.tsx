import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import "./icon-button.css";
import { Tooltip } from "./tooltip.tsx";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  readonly icon: LucideIcon;
  /** Its accessible name, and its tooltip. */
  readonly label: string;
  /** Shown in the tooltip, as `Ctrl K`. */
  readonly keys?: string | undefined;
  readonly size?: "medium" | "small" | undefined;
  readonly side?: "top" | "right" | "bottom" | "left" | undefined;
}

/** A button that is an icon. The icon says nothing to those who do not see it, so it always has a label. */
export function IconButton({ icon: Icon, label, keys, size = "medium", side, className, ...props }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side={side}>
      <button
        type="button"
        aria-label={label}
        {...props}
        className={classNames("icon-button", `icon-button-${size}`, className)}
      >
        <Icon size={size === "small" ? 16 : 18} strokeWidth={1.9} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}
