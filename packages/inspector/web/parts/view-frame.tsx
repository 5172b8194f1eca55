/** What all views have: a heading, what can be done, and words for what is not there. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { PushError } from "@wingbeat/client";
import type { Answer, ViewName } from "../contract.ts";
import type { Live, Seen } from "../live/use-view.ts";

export interface ViewFrameProps<View extends ViewName> {
  readonly title: ReactNode;
  /** The question that the view answers. */
  readonly lead: ReactNode;
  readonly tools?: ReactNode;
  readonly live: Live<View>;
  readonly children: (answer: Answer<View>, seen: Seen<View>) => ReactNode;
}

export function ViewFrame<View extends ViewName>({ title, lead, tools, live, children }: ViewFrameProps<View>) {
  const { seen, error } = live;
  return (
    <>
      <Heading title={title} lead={lead} tools={tools} />
      {error !== undefined && <Failure error={error} />}
      {seen !== null && <Silent answer={seen.answer} />}
      {seen !== null ? children(seen.answer, seen) : error === undefined && <p className="empty">Asking the nodes…</p>}
    </>
  );
}

/** The focus goes to the heading of a view that somebody has gone to, so that readers hear where they are. */
export function Heading({
  title,
  lead,
  tools,
}: {
  readonly title: ReactNode;
  readonly lead: ReactNode;
  readonly tools?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    // Not on the first view, and not away from a field that somebody types in.
    if (activeElement === null || activeElement === document.body || activeElement.closest("main, input, dialog"))
      return;
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="view-head">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p className="lead">{lead}</p>
      </div>
      {tools !== undefined && <div className="tools">{tools}</div>}
    </div>
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  "not allowed": "You may not see this. Whoever runs the server decides it in the inspector's authorize.",
  "rate limited": "Too many questions at once. The page asks again by itself.",
  "invalid payload":
    "The server does not take this question. Is it of the version that this page is from? Reload the page.",
};

function Failure({ error }: { readonly error: PushError }) {
  const said = (error.response as { readonly reason?: unknown } | null | undefined)?.reason;
  const remedy = typeof said === "string" ? REMEDIES[said] : undefined;
  const why: Readonly<Record<string, string>> = {
    timeout: "The server has not answered in time. It may be very busy; the page asks again by itself.",
    crashed: "The inspector has failed on the server. Its log has the stack; the page asks again by itself.",
  };
  return (
    <p className="alert" role="alert">
      {remedy ?? why[error.reason] ?? `The server has refused: ${error.message}`}
    </p>
  );
}

function Silent({ answer: { nodes, silent } }: { readonly answer: Pick<Answer, "nodes" | "silent"> }) {
  if (silent.length === 0) return null;
  return (
    <p className="alert warn">
      {nodes.length} of {nodes.length + silent.length} nodes have answered. What <bdi>{silent.join(", ")}</bdi>{" "}
      {silent.length === 1 ? "has" : "have"} is missing below.
    </p>
  );
}
