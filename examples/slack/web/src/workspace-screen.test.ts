// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { createElement } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ErrorBoundary } from "./parts/error-boundary.tsx";
import type { Session } from "./session.ts";
import { chosenTransport } from "./transport.ts";
import { WorkspaceScreen } from "./workspace-screen.tsx";
import { me } from "./workspace/workspace-fixtures.ts";

vi.mock("./transport.ts");

beforeEach(() => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  // React tells the console of every error that a boundary catches.
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("offers to load the page again when the part that polls cannot be loaded", async () => {
  const gone = new TypeError("Failed to fetch dynamically imported module: http://localhost/assets/long-poll-1.js");
  vi.mocked(chosenTransport).mockRejectedValue(gone);
  const token = new Promise<never>(() => {});
  const session = { load: () => Promise.resolve() } as Session;
  render(createElement(ErrorBoundary, null, createElement(WorkspaceScreen, { me, token, session })));
  expect((await screen.findByTestId("error-screen")).textContent).toContain("could not be loaded");
  expect(screen.getByTestId("reload")).toBeTruthy();
});
