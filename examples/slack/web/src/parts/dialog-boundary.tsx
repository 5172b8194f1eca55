import { Suspense } from "react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogActions } from "./dialog.tsx";
import { ErrorBoundary, ReloadButton } from "./error-boundary.tsx";

export interface DialogBoundaryProps {
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Around a dialog that is loaded when it is opened: one that cannot be drawn is replaced by a dialog that says so. */
export function DialogBoundary({ onClose, children }: DialogBoundaryProps) {
  return (
    <ErrorBoundary
      title="This cannot be shown"
      show={({ title, text }) => (
        <Dialog title={title} description={text} size="small" testId="dialog-error" onClose={onClose}>
          <DialogActions>
            <Button onClick={onClose}>Close</Button>
            <ReloadButton />
          </DialogActions>
        </Dialog>
      )}
    >
      <Suspense fallback={null}>{children}</Suspense>
    </ErrorBoundary>
  );
}
