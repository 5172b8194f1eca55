/** The checks that are part of every test run. `npm run acceptance` runs all, and over everything that they should hold on. */
import { CHECKS } from "./checks.ts";
import { run } from "./run.ts";

run(
  "Slack clone",
  CHECKS.filter(({ fast }) => fast),
  { isCrowded: true },
);
