/** What a command prints, when it is not just text for stdout. */
export interface Printed {
  /** For stdout. */
  readonly text: string;
  /** For stderr: what the user should know, and no program reads. */
  readonly notes?: string;
  /** Default 0. */
  readonly exitCode?: number;
}
