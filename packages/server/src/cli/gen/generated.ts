import type { NewFile } from "../project.ts";

/** The output of a generator: files, and paragraphs of advice for the user. */
export interface Generated {
  readonly files: readonly NewFile[];
  readonly next: readonly string[];
}
