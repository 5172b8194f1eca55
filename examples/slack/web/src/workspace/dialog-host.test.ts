// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createElement, useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TooltipProvider } from "../parts/tooltip.tsx";
import { WorkspaceContext } from "./context.ts";
import type { DialogKind, Workspace } from "./context.ts";
import { DialogHost } from "./dialog-host.tsx";

vi.mock("../dialogs/browse-dialog.tsx", () => ({
  BrowseDialog: () => {
    throw new Error("a mistake of ours");
  },
}));
vi.mock("../dialogs/admin-dialog.tsx", () => ({ AdminDialog: () => "the admin's dialog" }));

beforeEach(() => {
  // React tells the console of every error that a boundary catches.
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(cleanup);

let open: (dialog: DialogKind | null) => void;

/** A page with a button, and the dialogs. */
function Page() {
  const [dialog, openDialog] = useState<DialogKind | null>(null);
  open = (dialog) => act(() => openDialog(dialog));
  const value = { dialog, openDialog } as Partial<Workspace> as Workspace;
  return createElement(
    TooltipProvider,
    null,
    createElement(WorkspaceContext, { value }, "the page", createElement(DialogHost)),
  );
}

it("says that a dialog is broken, in one that can be closed, and opens the others", async () => {
  render(createElement(Page));
  open({ kind: "browse" });
  const broken = await screen.findByTestId("dialog-error");
  expect(broken.textContent).toContain("This cannot be shown");
  expect(document.body.textContent).toContain("the page");

  fireEvent.click(screen.getByText("Close"));
  expect(screen.queryByTestId("dialog-error")).toBeNull();
  open({ kind: "admin" });
  expect(await screen.findByText(/the admin's dialog/)).toBeTruthy();
});

it("goes from a broken dialog to another one", async () => {
  render(createElement(Page));
  open({ kind: "browse" });
  await screen.findByTestId("dialog-error");
  open({ kind: "admin" });
  expect(await screen.findByText(/the admin's dialog/)).toBeTruthy();
});
