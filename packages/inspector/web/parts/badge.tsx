import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "plain";

/** A state in one word. The word says it; the colour helps. */
export function Badge({ tone = "plain", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {children}
    </span>
  );
}
