import { afterEach, describe, expect, it, vi } from "vitest";
import { api, ApiError } from "./api.ts";

const fetched = vi.fn<typeof fetch>();
vi.stubGlobal("fetch", fetched);
afterEach(() => fetched.mockReset());

const answer = (status: number, body: unknown) =>
  fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }));
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("was not refused"),
    (error: unknown) => error as ApiError,
  );

describe("api", () => {
  it("sends JSON and gives the answer", async () => {
    answer(200, { token: "t", userId: 7 });
    expect(await api.socketToken()).toEqual({ token: "t", userId: 7 });
    answer(200, {});
    await api.login("alice", "secret");
    expect(fetched).toHaveBeenLastCalledWith("/api/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"username":"alice","password":"secret"}',
    });
  });

  it("sends a file as a form", async () => {
    answer(200, { id: 1 });
    await api.upload(new File(["x"], "x.png"));
    const { body, headers } = fetched.mock.lastCall?.[1] ?? {};
    expect(body).toBeInstanceOf(FormData);
    expect(headers).toBeUndefined();
  });

  it("throws the server's own sentence", async () => {
    answer(403, { reason: "forbidden", message: "You may not ban people." });
    const error = await failure(api.ban(2, "puns"));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 403, reason: "forbidden", message: "You may not ban people." });
  });

  it("has a sentence for answers that are not the server's", async () => {
    fetched.mockResolvedValueOnce(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(await failure(api.me())).toMatchObject({
      status: 502,
      reason: "unknown",
      message: expect.stringMatching("Something went wrong"),
    });
    answer(429, null);
    expect((await failure(api.login("a", "b"))).message).toMatch(/Too many tries/);
  });

  it("says that nobody has answered", async () => {
    fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    expect(await failure(api.me())).toMatchObject({ status: 0, reason: "unreachable" });
  });

  it("does not let an id be a path", async () => {
    answer(200, {});
    await api.endSession("../me");
    expect(fetched.mock.lastCall?.[0]).toBe("/api/sessions/..%2Fme");
  });
});
