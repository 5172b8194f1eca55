import { createContext, useCallback, useContext, useState } from "react";
import type { ReactNode } from "react";
import { ToastCard } from "./toast-card.tsx";
import type { Toast, ToastOptions } from "./toast-card.tsx";
import "./toasts.css";

/** Shows a sentence at the edge of the page for some seconds, and says it to screen readers. */
export type ShowToast = (text: string, options?: ToastOptions) => void;

/** The oldest make room. */
const MAX_TOASTS = 3;

const ToastContext = createContext<ShowToast>(() => {});

export const useToast = (): ShowToast => useContext(ToastContext);

let toastCount = 0;

/**
 * Not Radix's toasts: those take part in its layers, so that the first Escape closes a toast, and the dialog that one
 * wants to close stays.
 */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const show = useCallback<ShowToast>((text, options = {}) => {
    const toast = { id: ++toastCount, text, ...options };
    setToasts((shown) => [...shown.filter((other) => other.text !== text), toast].slice(-MAX_TOASTS));
  }, []);
  const close = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  return (
    <ToastContext value={show}>
      {children}
      {/* Always there: screen readers hear what comes into a place that they know. */}
      <div className="toasts" aria-live="polite" data-toasts="">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={close} />
        ))}
      </div>
    </ToastContext>
  );
}
