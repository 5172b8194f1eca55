import { expect, it } from "vitest";
import { withPermission } from "./permissions.ts";

const roles = [
  { role: "admin", permissions: ["announce"] },
  { role: "user", permissions: [] },
] as const;

it("gives and takes a permission of one role", () => {
  const given = withPermission(roles, "user", "announce", true);
  expect(given).toEqual([roles[0], { role: "user", permissions: ["announce"] }]);
  expect(withPermission(given, "user", "announce", false)).toEqual(roles);
});

it("does not give it twice", () => {
  expect(withPermission(roles, "admin", "announce", true)).toEqual(roles);
});
