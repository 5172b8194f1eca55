/** The TypeScript sources of the workspace: what git knows, and what it does not ignore. */
import { execFileSync } from "node:child_process";

/** Paths relative to the root of the repository that git tracks or would add. */
export function repositoryFiles() {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(listed.split("\0"))].filter((path) => path !== "");
}
