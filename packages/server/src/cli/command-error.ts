/** A command that failed. The message is all that the user sees: what was wrong, and what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** 1; 2 where 1 says something else (`contract diff`). */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
