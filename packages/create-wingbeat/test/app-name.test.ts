import { describe, expect, it } from "vitest";
import { appName, nameFault } from "../src/app-name.ts";

describe("appName", () => {
  it.each([
    ["my-app", "my-app"],
    ["projects/my-app/", "my-app"],
    [".", "here"],
    ["../there", "there"],
    ["/srv/chat", "chat"],
  ])("of %s is %s", (directory, name) => {
    expect(appName(directory, "/home/ada/here")).toBe(name);
  });
});

describe("nameFault", () => {
  it.each(["my-app", "a", "chat2", "2chat", "my.app_x", "x".repeat(214)])("takes %s", (name) => {
    expect(nameFault(name)).toBeUndefined();
  });

  it.each([
    ["My App", "my-app"],
    ["_private", "private"],
    [".hidden", "hidden"],
    ["größe", "gr-e"],
    ["app!", "app"],
    ["!!!", "my-app"],
    ["", "my-app"],
    ["Vite", "my-app"],
  ])("refuses %j and suggests %s", (name, suggestion) => {
    expect(nameFault(name)).toMatch(/is not a valid npm package name: use lower-case letters/);
    expect(nameFault(name)).toMatch(new RegExp(`, e\\.g\\. ${suggestion}$`));
  });

  it("refuses names that are too long, and those of the app's own packages", () => {
    expect(nameFault("x".repeat(215))).toBe("The name has 215 characters, and npm allows 214.");
    expect(nameFault("wingbeat")).toMatch(/is the name of a package that the app needs.* my-wingbeat$/);
  });
});
