/** A command that failed. The message is all that the user sees: what was wrong, and what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
