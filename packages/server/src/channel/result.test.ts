import { describe, expect, expectTypeOf, it } from "vitest";
import { isOrderly, NO_REASON, ok, refuse, Reply, reply, Stop, stop } from "./result.ts";

describe("results", () => {
  it("are replies with a status and a response", () => {
    expect(ok()).toEqual(new Reply("ok", {}));
    expect(ok([1])).toEqual(new Reply("ok", [1]));
    expect(ok(null)).toEqual(new Reply("ok", null));
    expect(refuse()).toEqual(new Reply("error", {}));
    expect(refuse("no")).toEqual(new Reply("error", "no"));
    expect(reply("maybe")).toEqual(new Reply("maybe", {}));
    expect(reply("maybe", false)).toEqual(new Reply("maybe", false));
  });

  it("tell a refusal without a reason from one with an empty one", () => {
    expect(refuse()).toEqual(new Reply("error", {}));
    expect(refuse().response).toBe(NO_REASON);
    expect(refuse({}).response).not.toBe(NO_REASON);
    expect(refuse({ reason: "full" })).toEqual(new Reply("error", { reason: "full" }));
  });

  it("or ends, with a reason and perhaps a reply", () => {
    expect(stop()).toEqual(new Stop("normal", undefined));
    expect(stop("bored")).toEqual(new Stop("bored", undefined));
    expect(stop("bored", ok({ n: 1 }))).toEqual(new Stop("bored", new Reply("ok", { n: 1 })));
  });

  it("keep their types", () => {
    expectTypeOf(ok({ n: 1 })).toEqualTypeOf<Reply<"ok", { n: number }>>();
    expectTypeOf(reply("maybe", 7)).toEqualTypeOf<Reply<"maybe", number>>();
    expectTypeOf(stop("bored", ok({ n: 1 }))).toEqualTypeOf<Stop<Reply<"ok", { n: number }>>>();
  });

  it.each([
    ["normal", true],
    ["shutdown", true],
    ["shutdown:", true],
    ["shutdown:deploy", true],
    ["shutdowns", false],
    ["Normal", false],
    ["left", false],
    ["", false],
  ])("reason %j is orderly: %s", (reason, orderly) => {
    expect(isOrderly(reason)).toBe(orderly);
  });
});
