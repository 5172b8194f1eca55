import { expect, it } from "vitest";
import { roomNameFrom } from "./room-name.ts";

it("makes a channel's name of what is typed", () => {
  expect(roomNameFrom("Plan Budget 2027")).toBe("plan-budget-2027");
  expect(roomNameFrom("  #General")).toBe("general");
  expect(roomNameFrom("Öl & Käse!")).toBe("öl--käse");
  expect(roomNameFrom("日本")).toBe("日本");
  expect(roomNameFrom("<b>")).toBe("b");
  expect(roomNameFrom("-_x")).toBe("x");
});

it("stops at 40 letters, and lets a hyphen stand while one types on", () => {
  expect(roomNameFrom("x".repeat(50))).toHaveLength(40);
  expect(roomNameFrom("plan-")).toBe("plan-");
});
