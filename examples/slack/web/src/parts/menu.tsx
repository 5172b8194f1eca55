import { Check } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import "./menu.css";

export interface MenuProps {
  /** One element that takes a ref: the button. */
  readonly trigger: ReactElement;
  /** The menu's accessible name. */
  readonly label: string;
  readonly side?: "top" | "right" | "bottom" | "left" | undefined;
  readonly align?: "start" | "center" | "end" | undefined;
  readonly onOpenChange?: ((open: boolean) => void) | undefined;
  readonly children: ReactNode;
}

/** A menu at a button. Not modal: the page stays alive behind it, and nothing is locked. */
export function Menu({ trigger, label, side = "bottom", align = "start", onOpenChange, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          aria-label={label}
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          loop
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface MenuItemProps {
  readonly icon?: LucideIcon | undefined;
  /** In place of an icon. */
  readonly mark?: ReactNode;
  readonly danger?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  readonly onSelect: () => void;
  readonly testId?: string | undefined;
  /** At the end, as keys. */
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}

export function MenuItem({ icon: Icon, mark, danger, disabled, onSelect, testId, hint, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      className={classNames("menu-item", danger && "menu-item-danger")}
      disabled={disabled ?? false}
      onSelect={onSelect}
      data-testid={testId}
    >
      {Icon === undefined ? mark : <Icon size={16} strokeWidth={1.9} aria-hidden="true" />}
      <span className="menu-text">{children}</span>
      {hint !== undefined && <span className="menu-hint">{hint}</span>}
    </DropdownMenu.Item>
  );
}

export interface MenuChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly {
    readonly value: Value;
    readonly text: string;
    readonly mark?: ReactNode;
    readonly testId?: string;
  }[];
  readonly onChange: (value: Value) => void;
}

/** One of several. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as Value)} aria-label={label}>
      {options.map((option) => (
        <DropdownMenu.RadioItem
          key={option.value}
          className="menu-item"
          value={option.value}
          data-testid={option.testId}
        >
          {option.mark}
          <span className="menu-text">{option.text}</span>
          <DropdownMenu.ItemIndicator className="menu-check">
            <Check size={16} aria-hidden="true" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export const MenuLine = () => <DropdownMenu.Separator className="menu-line" />;

export const MenuLabel = ({ children }: { readonly children: ReactNode }) => (
  <DropdownMenu.Label className="menu-label">{children}</DropdownMenu.Label>
);
