/** The shapes of this example, checked wherever they come in: over the socket and over HTTP. */
import { z } from "zod";

/** A user's id is the name that the page asks for: this example has no accounts. */
export const Uid = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._'-]{0,23}$/u, "Use 1 to 24 letters, digits or spaces as a name.");

export const Body = z.string().trim().min(1, "Write something first.").max(500, "Keep it below 500 characters.");

export const Message = z.object({
  id: z.number(),
  room: z.string(),
  uid: z.string(),
  body: z.string(),
  /** When the server took it, as ISO 8601 in UTC. */
  at: z.string(),
  /** Whether the receiver may edit it: set for each receiver on the way out. */
  is_editable: z.boolean().optional(),
});
export type Message = z.infer<typeof Message>;
