/** What the template stores, beside that it works: `npm run try:create` sees that. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as Manifest;
const chat = manifest("../template/package.json");
const react = manifest("../template-react/package.json");

it.each([
  ["template", chat],
  ["template-react", react],
])("%s needs the packages of this version", (_name, { dependencies, devDependencies }) => {
  const { version } = manifest("../package.json");
  const ours = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => /wingbeat/.test(name));
  expect(ours.length).toBeGreaterThanOrEqual(2);
  for (const [name, range] of ours) expect([name, range]).toEqual([name, version]);
});

it("needs what this repository is tested with", () => {
  const here = manifest("../../../package.json").devDependencies;
  const needed = { ...react.dependencies, ...react.devDependencies };
  const shared = Object.entries(needed).filter(([name]) => name in here);
  expect(shared.map(([name]) => name)).toEqual(
    expect.arrayContaining(["zod", "react", "tsx", "typescript", "vite", "vitest"]),
  );
  for (const [name, range] of shared) expect(`${name} ${range}`).toBe(`${name} ^${here[name]}`);
});

it("the React template is the other one, with React added", () => {
  expect(react).toMatchObject({
    scripts: (chat as unknown as { scripts: object }).scripts,
    dependencies: chat.dependencies,
  });
  expect(react.devDependencies).toMatchObject(chat.devDependencies);
});

it("builds no page from markup", () => {
  for (const file of ["main.ts", "element.ts"]) {
    const text = readFileSync(new URL(`../template/page/${file}`, import.meta.url), "utf8");
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  }
});
