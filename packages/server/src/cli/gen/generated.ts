import type { NewFile } from "../project.ts";

/** What a generator makes: files, and what to tell the user about them, in paragraphs. */
export interface Generated {
  readonly files: readonly NewFile[];
  readonly next: readonly string[];
}
