/**
 * What the inspectors of nodes send each other. Its messages have a dispatcher of their own: they come on no topic that a
 * client could join. Every endpoint takes them, also one without an inspector, and broadcasters ignore them.
 */

/** The name of the dispatcher. */
export const INSPECTOR = "inspector";

/** Where an endpoint puts what other nodes send to its inspector. */
export class InspectorMail {
  /** Set by the inspector. Without one, messages are ignored. */
  receive: ((message: unknown) => void) | undefined = undefined;
}
