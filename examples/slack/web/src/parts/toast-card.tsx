import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useEffect, useState } from "react";

export interface ToastOptions {
  /** Default `info`. */
  readonly kind?: "info" | "success" | "error" | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

export interface Toast extends ToastOptions {
  readonly id: number;
  readonly text: string;
}

const ICONS = { info: Info, success: CircleCheck, error: CircleAlert };
/** Milliseconds. Something to press, or bad news, takes longer to read. */
const SHORT = 5_000;
const LONG = 9_000;

export interface ToastCardProps {
  readonly toast: Toast;
  readonly onClose: (id: number) => void;
}

/** Goes by itself, but not while somebody is at its buttons with the pointer or the keyboard. */
export function ToastCard({ toast: { id, kind = "info", text, action }, onClose }: ToastCardProps) {
  const [held, setHeld] = useState(false);
  const stays = action !== undefined || kind === "error" ? LONG : SHORT;
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => onClose(id), stays);
    return () => clearTimeout(timer);
  }, [held, stays, id, onClose]);
  const Icon = ICONS[kind];
  return (
    <div
      className="toast"
      role={kind === "error" ? "alert" : undefined}
      data-testid="toast"
      data-kind={kind}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon size={18} aria-hidden="true" />
      <p className="toast-text">{text}</p>
      {action !== undefined && (
        <button
          className="toast-action"
          type="button"
          onClick={() => {
            onClose(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button className="toast-close" type="button" aria-label="Close this message" onClick={() => onClose(id)}>
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
