import { afterEach, expect, it, vi } from "vitest";
import { api } from "../../api.ts";
import { lookAt, madeSentence, roleOf } from "./people.ts";

afterEach(() => vi.restoreAllMocks());

it("takes those for users of whom nothing else is told", () => {
  const roles = [{ userId: 1, role: "admin" }] as const;
  expect(roleOf({ roles }, 1)).toBe("admin");
  expect(roleOf({ roles }, 2)).toBe("user");
});

it("does not ask for what one may not know: a refusal would hide the rest", async () => {
  const bans = [{ userId: 2, reason: "Spam" }];
  const people = [{ userId: 1, role: "admin" }] as const;
  const asked = [
    vi.spyOn(api, "bans").mockResolvedValue({ bans }),
    vi.spyOn(api, "peopleWithRoles").mockResolvedValue({ people }),
  ];

  expect(await lookAt(true, false)).toEqual({ bans, roles: [] });
  expect(await lookAt(false, true)).toEqual({ bans: [], roles: people });
  expect(asked.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

it("says what somebody is now", () => {
  const user = { id: 2, username: "bob", name: "Bob", hue: 1 };
  expect(madeSentence(user, "admin", 1)).toBe("Bob is an admin now.");
  expect(madeSentence(user, "guest", 2)).toBe("You are a guest now.");
});
