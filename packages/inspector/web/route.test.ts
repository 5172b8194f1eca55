import { expect, it } from "vitest";
import { hrefOf, readRoute } from "./route.ts";

it("any name comes back from an address as it was", () => {
  for (const topic of ["room:1", "a&b=c?d#e", "\u202e %00+", "", "../../x", "日本"]) {
    expect(readRoute(hrefOf("topic", { topic })).params["topic"] ?? "").toBe(topic);
  }
});

it("what is not a place is the overview", () => {
  expect(
    ["", "#", "#/", "#/nowhere", "#/__proto__", "javascript:alert(1)"].map((hash) => readRoute(hash).place),
  ).toEqual(Array.from({ length: 6 }).fill("overview"));
});

it("what is not asked for is not in the address", () => {
  expect(hrefOf("connections", { id: "", node: undefined, sort: "newest" })).toBe("#/connections?sort=newest");
  expect(hrefOf("doors")).toBe("#/doors");
});
