/** The package manager that started this command, and its commands for the next steps. */

export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn";
  /** How it runs a script of package.json. */
  run(script: string): string;
}

const names = ["pnpm", "yarn", "npm"] as const;

/** `userAgent` is what package managers pass to their children as npm_config_user_agent: `pnpm/10.1.0 npm/? node/…`. */
export function packageManager(userAgent = ""): PackageManager {
  const name = names.find((known) => userAgent.startsWith(`${known}/`)) ?? "npm";
  return {
    name,
    run: (script) =>
      name === "npm" && !["test", "start"].includes(script) ? `npm run ${script}` : `${name} ${script}`,
  };
}
