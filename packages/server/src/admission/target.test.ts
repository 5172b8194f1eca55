import { describe, expect, it } from "vitest";
import { parseTarget } from "./target.ts";

describe("parseTarget", () => {
  it.each([
    ["/a/b", { path: "/a/b", query: "", host: undefined }],
    ["/a?x=1?y", { path: "/a", query: "x=1?y", host: undefined }],
    ["//a", { path: "//a", query: "", host: undefined }],
    ["http://a.example/b?c", { path: "/b", query: "c", host: "a.example" }],
    ["HTTPS://a.example:4000/b", { path: "/b", query: "", host: "a.example:4000" }],
    ["ws://[::1]:4000?c", { path: "/", query: "c", host: "[::1]:4000" }],
    ["http://user:secret@a.example/b", { path: "/b", query: "", host: "a.example" }],
    ["http://a.example", { path: "/", query: "", host: "a.example" }],
  ])("reads %s", (url, target) => expect(parseTarget(url)).toEqual(target));

  it.each(["*", "", "a.example:443", "a/b", "ftp://a.example/b", "http://", "http:///b", "javascript:alert(1)"])(
    "has no path for %j",
    (url) => expect(parseTarget(url)).toBeUndefined(),
  );
});
