// @vitest-environment happy-dom
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { createElement, lazy, Suspense } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ErrorBoundary } from "./error-boundary.tsx";
import { isMissingPart, reloadOnce } from "./reload.ts";

const fetched = vi.fn<typeof fetch>();
beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  // React tells the console of every error that a boundary catches.
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  cleanup();
  fetched.mockReset();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

const gone = () => new TypeError("Failed to fetch dynamically imported module: http://localhost/assets/x-1.js");

describe("ErrorBoundary", () => {
  it("shows what is inside as long as that can be drawn", () => {
    render(createElement(ErrorBoundary, null, "all is well"));
    expect(screen.getByText("all is well")).toBeTruthy();
  });

  it("offers a reload when something throws, and does not reload by itself", () => {
    const Broken = (): never => {
      throw new Error("a mistake of ours");
    };
    render(
      createElement(ErrorBoundary, { title: "This conversation cannot be shown", children: createElement(Broken) }),
    );
    expect(screen.getByRole("alert").textContent).toContain("This conversation cannot be shown");
    expect(screen.getByTestId("reload").textContent).toBe("Reload");
    expect(fetched).not.toHaveBeenCalled();
  });

  it("asks for the page again when a part of it is gone", async () => {
    fetched.mockResolvedValue(new Response("", { status: 503 }));
    const Part = lazy(() => Promise.reject<never>(gone()));
    render(createElement(ErrorBoundary, null, createElement(Suspense, null, createElement(Part))));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("could not be loaded"));
    expect(fetched).toHaveBeenCalledOnce();
  });
});

describe("reloadOnce", () => {
  const reload = vi.fn<() => void>();
  afterEach(() => reload.mockReset());

  it("reloads once, and again only after a while", async () => {
    fetched.mockImplementation(() => Promise.resolve(new Response("<!doctype html>")));
    await reloadOnce(sessionStorage, reload, 1_000_000);
    expect(reload).toHaveBeenCalledTimes(1);
    await reloadOnce(sessionStorage, reload, 1_030_000);
    expect(reload).toHaveBeenCalledTimes(1);
    await reloadOnce(sessionStorage, reload, 1_070_000);
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it("keeps the page while there is no other to be had", async () => {
    fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    await reloadOnce(sessionStorage, reload, 1_000_000);
    fetched.mockResolvedValueOnce(new Response("", { status: 502 }));
    await reloadOnce(sessionStorage, reload, 1_000_000);
    expect(reload).not.toHaveBeenCalled();
  });
});

it("knows what browsers say of a part that is gone", () => {
  expect(isMissingPart(gone())).toBe(true);
  expect(isMissingPart(new TypeError("error loading dynamically imported module: http://localhost/x.js"))).toBe(true);
  expect(isMissingPart(new TypeError("Importing a module script failed."))).toBe(true);
  expect(isMissingPart(new Error("Unable to preload CSS for /assets/x.css"))).toBe(true);
  expect(isMissingPart(new TypeError("x is undefined"))).toBe(false);
  expect(isMissingPart("a text")).toBe(false);
});
