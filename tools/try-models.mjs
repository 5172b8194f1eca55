// Compiles the generated Kotlin with a stand-in for JavaPhoenixClient, and uses it: npm run try:models.
// Needs kotlinc and java: apt-get install kotlin. A minute or two.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const models = join(here, "../packages/server/test/contract/golden/Contract.kt");
const out = mkdtempSync(join(tmpdir(), "wingbeat-models-"));
try {
  const jar = join(out, "models.jar");
  const sources = [models, join(here, "try-models/Phoenix.kt"), join(here, "try-models/Main.kt")];
  execFileSync("kotlinc", [...sources, "-include-runtime", "-d", jar], { stdio: "inherit" });
  execFileSync("java", ["-jar", jar], { stdio: "inherit" });
} finally {
  rmSync(out, { recursive: true });
}
