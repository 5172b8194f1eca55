/** The workspace, for the components in it. */
export type { DialogKind, Panel, PanelKind, Workspace } from "./workspace/context.ts";
export { useStatus, useStatuses, useWorkspace } from "./workspace/context.ts";
export { DrawerButton } from "./workspace/drawer-button.tsx";
export { labelOf } from "./workspace/title.ts";
export { useToast } from "./parts/toasts.tsx";
