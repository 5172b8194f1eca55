import { ClientText } from "../parts/client-text.tsx";
import { TopicLink } from "../parts/columns.tsx";
import { Facts } from "../parts/facts.tsx";
import { FrameList } from "../parts/frame-list.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import type { Crash } from "../contract.ts";
import { ago, count, plural } from "../format.ts";
import { useView } from "../live/use-view.ts";

export function ErrorsView() {
  const live = useView("errors", {});
  return (
    <ViewFrame title="Errors" lead="What crashes, since when, how often, and after which messages?" live={live}>
      {({ at, data: { crashes, warnings } }) => (
        <>
          <Panel title="Crashes" note="Kept also while nobody looks. Crashes with the same stack are one.">
            {crashes.length === 0 ? (
              <p className="empty">No callback has crashed.</p>
            ) : (
              <ul className="crashes">
                {crashes.map((crash) => (
                  <li key={`${crash.pattern} ${crash.callback} ${crash.stack}`}>
                    <CrashCard crash={crash} now={at} />
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          <Panel title="Warnings" note="Limits that were reached, and messages that were lost.">
            <Table
              label="Warnings"
              rows={warnings}
              keyOf={({ event, what }) => `${event} ${what}`}
              empty="No limit was reached, and nothing was lost."
              columns={[
                { name: "Event", is: "wide", cell: ({ event }) => event },
                { name: "What", is: "wide", cell: ({ what }) => <ClientText text={what} /> },
                { name: "The last one", is: "name", hide: "small", cell: (row) => <ClientText text={row.last} /> },
                {
                  name: "Nodes",
                  is: "wide",
                  hide: "medium",
                  cell: ({ nodes }) => <ClientText text={nodes.join(", ")} />,
                },
                { name: "First", is: "figure", hide: "medium", cell: ({ firstAt }) => ago(firstAt, at) },
                { name: "Last", is: "figure", cell: ({ lastAt }) => ago(lastAt, at) },
                { name: "Count", is: "figure", cell: (row) => count(row.count) },
              ]}
            />
          </Panel>
        </>
      )}
    </ViewFrame>
  );
}

function CrashCard({ crash, now }: { readonly crash: Crash; readonly now: number }) {
  const { error, pattern, callback, event, firstAt, lastAt, nodes, topic, id, stack, frames } = crash;
  return (
    <details className="crash">
      <summary>
        <span className="crash-count">{count(crash.count)}×</span>
        <span className="crash-error">
          <ClientText text={error} max={300} wrap />
        </span>
        <span className="note">
          <ClientText text={pattern} /> {callback} {event !== null && <ClientText text={event} />} · last{" "}
          {ago(lastAt, now)}
        </span>
      </summary>
      <Facts
        facts={[
          ["First", ago(firstAt, now)],
          ["Nodes", <ClientText key="nodes" text={nodes.join(", ")} wrap max={1_000} />],
          ["Topic of the last", <TopicLink key="topic" topic={topic} />],
          ["Its id", <ClientText key="id" text={id} wrap max={1_000} />],
        ]}
      />
      <h3>Stack</h3>
      <pre tabIndex={0} aria-label="Stack">
        {stack.split("\n").map((line, at) => (
          <span key={at} className="line">
            <ClientText text={line} max={1_000} wrap />
          </span>
        ))}
      </pre>
      <h3>
        {frames.length === 0
          ? "No messages were seen before it: nobody was looking"
          : `${plural(frames.length, "message")} before it`}
      </h3>
      {frames.length > 0 && <FrameList label="Messages before the crash" frames={frames} />}
    </details>
  );
}
