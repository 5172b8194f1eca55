// @vitest-environment happy-dom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api, ApiError } from "./api.ts";
import { SESSION_OVER } from "./session.ts";
import { useAuthToken } from "./use-auth-token.ts";

const session = { ended: vi.fn<(message: string) => void>(), load: vi.fn<() => Promise<void>>() };
beforeEach(() => void vi.spyOn(api, "socketToken").mockResolvedValue({ token: "later", userId: 1 }));
afterEach(() => {
  cleanup();
  vi.resetAllMocks();
});

const tokenOf = (first: Promise<{ token: string; userId: number }>) =>
  renderHook(() => useAuthToken(1, first, session)).result.current;

it("is the one that is on its way for the first connection, and a new one for each after it", async () => {
  const token = tokenOf(Promise.resolve({ token: "first", userId: 1 }));
  expect(await token()).toBe("first");
  expect(api.socketToken).not.toHaveBeenCalled();
  expect([await token(), await token()]).toEqual(["later", "later"]);
  expect(api.socketToken).toHaveBeenCalledTimes(2);
});

it("that could not be had is asked for anew with the next connection", async () => {
  const token = tokenOf(Promise.reject(new ApiError(0, "unreachable", "…")));
  await expect(token()).rejects.toThrow("…");
  expect(session.ended).not.toHaveBeenCalled();
  expect(await token()).toBe("later");
});

it("ends the session when there is none any more", async () => {
  const token = tokenOf(Promise.reject(new ApiError(401, "unauthorized", "Log in.")));
  await expect(token()).rejects.toThrow("Log in.");
  expect(session.ended).toHaveBeenCalledExactlyOnceWith(SESSION_OVER);
});

it("of another user has the page asked who is there now", async () => {
  const token = tokenOf(Promise.resolve({ token: "hers", userId: 2 }));
  await expect(token()).rejects.toThrow("another user");
  expect(session.load).toHaveBeenCalledOnce();
});
