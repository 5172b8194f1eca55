import { lazy } from "react";
import { DialogBoundary } from "../parts/dialog-boundary.tsx";
import { useWorkspace } from "./context.ts";
import type { DialogKind } from "./context.ts";

// Each is loaded when it is opened for the first time.
const BrowseDialog = lazy(() => import("../dialogs/browse-dialog.tsx").then((m) => ({ default: m.BrowseDialog })));
const CreateDialog = lazy(() => import("../dialogs/create-dialog.tsx").then((m) => ({ default: m.CreateDialog })));
const PersonDialog = lazy(() => import("../dialogs/person-dialog.tsx").then((m) => ({ default: m.PersonDialog })));
const ProfileDialog = lazy(() => import("../dialogs/profile-dialog.tsx").then((m) => ({ default: m.ProfileDialog })));
const SessionsDialog = lazy(() =>
  import("../dialogs/sessions-dialog.tsx").then((m) => ({ default: m.SessionsDialog })),
);
const AdminDialog = lazy(() => import("../dialogs/admin-dialog.tsx").then((m) => ({ default: m.AdminDialog })));
const ShortcutsDialog = lazy(() =>
  import("../dialogs/shortcuts-dialog.tsx").then((m) => ({ default: m.ShortcutsDialog })),
);
const SwitcherDialog = lazy(() =>
  import("../dialogs/switcher-dialog.tsx").then((m) => ({ default: m.SwitcherDialog })),
);

/** The dialog that is open, if one is. What is broken in one leaves the page and the other dialogs alone. */
export function DialogHost() {
  const { dialog, openDialog } = useWorkspace();
  if (dialog === null) return null;
  const close = () => openDialog(null);
  return (
    <DialogBoundary key={dialog.kind} onClose={close}>
      {dialogOf(dialog, close)}
    </DialogBoundary>
  );
}

function dialogOf(dialog: DialogKind, onClose: () => void) {
  switch (dialog.kind) {
    case "browse":
      return <BrowseDialog onClose={onClose} />;
    case "create":
      return <CreateDialog name={dialog.name} onClose={onClose} />;
    case "new-message":
      return <PersonDialog onClose={onClose} />;
    case "profile":
      return <ProfileDialog key={dialog.user.id} user={dialog.user} onClose={onClose} />;
    case "sessions":
      return <SessionsDialog onClose={onClose} />;
    case "admin":
      return <AdminDialog onClose={onClose} />;
    case "shortcuts":
      return <ShortcutsDialog onClose={onClose} />;
    case "switcher":
      return <SwitcherDialog onClose={onClose} />;
  }
}
