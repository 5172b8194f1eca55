import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

const KINDS = ["channel", "socket", "presence"];

describe("nearest", () => {
  it.each([
    ["chanel", "channel"],
    ["Channel", "channel"],
    ["chnanel", "channel"],
    ["scoket", "socket"],
    ["sockets", "socket"],
    ["presense", "presence"],
  ])("%s was to be %s", (typed, meant) => {
    expect(nearest(typed, KINDS)).toBe(meant);
  });

  it.each(["model", "xyzzy", ""])("nothing is near %j", (typed) => {
    expect(nearest(typed, KINDS)).toBeUndefined();
  });
});
