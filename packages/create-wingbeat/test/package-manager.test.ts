import { expect, it } from "vitest";
import { packageManager } from "../src/package-manager.ts";

it.each([
  [undefined, "npm", "npm run dev", "npm test"],
  ["npm/11.4.0 node/v20.20.2 linux x64", "npm", "npm run dev", "npm test"],
  ["pnpm/10.12.1 npm/? node/v20.20.2 linux x64", "pnpm", "pnpm dev", "pnpm test"],
  ["yarn/1.22.22 npm/? node/v20.20.2 linux x64", "yarn", "yarn dev", "yarn test"],
  ["bun/1.3.0 npm/? node/v24.0.0 linux x64", "npm", "npm run dev", "npm test"],
])("called as %s it speaks %s", (userAgent, name, dev, test) => {
  const manager = packageManager(userAgent);
  expect([manager.name, manager.run("dev"), manager.run("test")]).toEqual([name, dev, test]);
});
