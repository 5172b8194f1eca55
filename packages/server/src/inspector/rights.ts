/** What somebody may do in the inspector, besides looking. */

/** `payloads`: see the payloads of tapped messages, instead of their shapes. `disconnect`: close connections. */
export type InspectorRight = "payloads" | "disconnect";

export const RIGHTS: readonly InspectorRight[] = ["payloads", "disconnect"];

/** Somebody who was let in. */
export interface Viewer {
  /** As `authorize` has named them; null: it has not. */
  readonly user: string | null;
  readonly may: readonly InspectorRight[];
  readonly address: string;
}
