/** What the template stores, beside that it works: `npm run try:create` sees that. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as Manifest;
const template = manifest("../template/package.json");

it("needs the packages of this version", () => {
  const { version } = manifest("../package.json");
  expect([template.dependencies["wingbeat"], template.devDependencies["@wingbeat/client"]]).toEqual([version, version]);
});

it("needs what this repository is tested with", () => {
  const here = manifest("../../../package.json").devDependencies;
  const needed = { ...template.dependencies, ...template.devDependencies };
  const shared = Object.entries(needed).filter(([name]) => name in here);
  expect(shared.map(([name]) => name)).toEqual(["zod", "@types/node", "tsx", "typescript", "vite", "vitest"]);
  for (const [name, range] of shared) expect(`${name} ${range}`).toBe(`${name} ^${here[name]}`);
});

it("builds no page from markup", () => {
  for (const file of ["main.ts", "element.ts"]) {
    const text = readFileSync(new URL(`../template/page/${file}`, import.meta.url), "utf8");
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  }
});
