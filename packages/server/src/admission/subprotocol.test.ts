import { describe, expect, it } from "vitest";
import { offeredProtocols, selectProtocol, takeAuthToken } from "./subprotocol.ts";

const PREFIX = "base64url.bearer.phx.";

describe("offered protocols", () => {
  it.each([
    [undefined, []],
    ["", []],
    [" , ,", []],
    ["phoenix", ["phoenix"]],
    ["a, b,c ", ["a", "b", "c"]],
  ])("of %j", (header, protocols) => {
    expect(offeredProtocols(header)).toEqual(protocols);
  });
});

describe("the auth token", () => {
  const token = "tökén/?>~ 🦋";

  it.each([
    ["base64url", Buffer.from(token).toString("base64url")],
    ["base64", Buffer.from(token).toString("base64")],
    ["base64 without padding", Buffer.from(token).toString("base64").replaceAll("=", "")],
  ])("in %s is decoded and taken out of the offer", (_alphabet, encoded) => {
    const offer = takeAuthToken(["phoenix", PREFIX + encoded, "other"]);
    expect(offer).toEqual({ protocols: ["phoenix", "other"], authToken: token });
  });

  it("may be empty or absent", () => {
    expect(takeAuthToken([PREFIX])).toEqual({ protocols: [], authToken: "" });
    expect(takeAuthToken(["phoenix"])).toEqual({ protocols: ["phoenix"], authToken: undefined });
    expect(takeAuthToken([])).toEqual({ protocols: [], authToken: undefined });
  });

  it("is not taken when there are two", () => {
    const protocols = [`${PREFIX}YQ`, `${PREFIX}Yg`];
    expect(takeAuthToken(protocols)).toEqual({ protocols, authToken: undefined });
  });

  it.each(["!", "YQ YQ", "a", "abcde", "=", "YQ==="])("that is %j is no base64", (encoded) => {
    const offer = takeAuthToken([PREFIX + encoded]);
    if (encoded === "=") expect(offer).toEqual({ protocols: [], authToken: "" });
    else expect(offer).toBeUndefined();
  });
});

describe("the selected protocol", () => {
  it.each([
    [[], [], { selected: undefined }],
    [[], ["a"], { selected: undefined }],
    [["a"], [], { selected: undefined }],
    [["a", "b"], ["b", "a"], { selected: "a" }],
    [["a", "b"], ["x", "b"], { selected: "b" }],
    [["a"], ["x"], "none matches"],
    [["a"], ["A"], "none matches"],
  ])("of %j when %j is offered", (supported, offered, result) => {
    expect(selectProtocol(supported, offered)).toEqual(result);
  });
});
