// @vitest-environment happy-dom
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ApiError } from "./api.ts";
import { useSession } from "./session.ts";
import { me } from "./workspace/workspace-fixtures.ts";

afterEach(cleanup);

const unauthorized = () => new ApiError(401, "unauthorized", "Log in first.");

const token = { token: "t", userId: me.user.id };
beforeEach(() => void vi.spyOn(api, "socketToken").mockResolvedValue(token));

async function loggedIn() {
  vi.spyOn(api, "me").mockResolvedValue(me);
  const { result } = renderHook(() => useSession());
  await waitFor(() => expect(result.current.current).toMatchObject({ state: "in", me }));
  return result;
}

describe("useSession", () => {
  it("asks who is logged in", async () => {
    await loggedIn();
  });

  it("asks for the token of the first connection at the same time", async () => {
    let tell: (known: typeof me) => void = () => {};
    vi.spyOn(api, "me").mockReturnValue(new Promise((resolve) => (tell = resolve)));
    const { result } = renderHook(() => useSession());
    expect(api.socketToken).toHaveBeenCalledOnce();
    act(() => tell(me));
    await waitFor(() => expect(result.current.current.state).toBe("in"));
    const { current } = result.current;
    expect(current.state === "in" && (await current.token)).toEqual(token);
    expect(api.socketToken).toHaveBeenCalledOnce();
  });

  it("is out, without a message, when nobody is", async () => {
    vi.spyOn(api, "me").mockRejectedValue(unauthorized());
    vi.spyOn(api, "socketToken").mockRejectedValue(unauthorized());
    const { result } = renderHook(() => useSession());
    await waitFor(() => expect(result.current.current).toEqual({ state: "out", message: null }));
  });

  it("does not take a server that is down for a logout", async () => {
    vi.spyOn(api, "me").mockRejectedValue(new ApiError(0, "unreachable", "…"));
    const { result } = renderHook(() => useSession());
    await waitFor(() => expect(result.current.current).toEqual({ state: "unreachable" }));
  });

  it("says why a session is over, once: what is told later does not replace it", async () => {
    const result = await loggedIn();
    act(() => result.current.ended("You have been logged out."));
    act(() => result.current.ended("Your session has ended."));
    expect(result.current.current).toEqual({ state: "out", message: "You have been logged out." });
  });

  it("has nothing to say to who logs out, though the server tells this tab as well", async () => {
    const result = await loggedIn();
    vi.spyOn(api, "logout").mockImplementation(() => {
      result.current.ended("You have been logged out.");
      return Promise.resolve({});
    });
    await act(() => result.current.logOut());
    expect(result.current.current).toEqual({ state: "out", message: null });
  });

  it("stays in when the logout did not reach the server", async () => {
    const result = await loggedIn();
    vi.spyOn(api, "logout").mockRejectedValue(new ApiError(0, "unreachable", "The server cannot be reached."));
    await expect(act(() => result.current.logOut())).rejects.toThrow("cannot be reached");
    expect(result.current.current.state).toBe("in");
  });

  it("is out when the session was over before the logout", async () => {
    const result = await loggedIn();
    vi.spyOn(api, "logout").mockRejectedValue(unauthorized());
    await act(() => result.current.logOut());
    expect(result.current.current.state).toBe("out");
  });
});
