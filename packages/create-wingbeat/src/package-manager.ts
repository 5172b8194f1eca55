/** The package manager that a user has called us by, and its words for what there is to do next. */

export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn";
  /** How it runs a script of package.json. */
  run(script: string): string;
}

const names = ["pnpm", "yarn", "npm"] as const;

/** `userAgent` is what package managers tell their children as npm_config_user_agent: `pnpm/10.1.0 npm/? node/…`. */
export function packageManager(userAgent = ""): PackageManager {
  const name = names.find((known) => userAgent.startsWith(`${known}/`)) ?? "npm";
  return { name, run: (script) => (name === "npm" && script !== "test" ? `npm run ${script}` : `${name} ${script}`) };
}
