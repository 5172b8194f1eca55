/** All places of the page: their names, the keys that lead to them, and what is there. */
import type { ReactNode } from "react";
import type { Place, Route } from "../route.ts";
import { ClusterView } from "./cluster.tsx";
import { ConnectionView } from "./connection.tsx";
import { ConnectionsView } from "./connections.tsx";
import { DoorsView } from "./doors.tsx";
import { ErrorsView } from "./errors.tsx";
import { EventsView } from "./events.tsx";
import { HistoryView } from "./history.tsx";
import { OverviewView } from "./overview.tsx";
import { PresenceView } from "./presence.tsx";
import { PressureView } from "./pressure.tsx";
import { TapView } from "./tap.tsx";
import { TopicView } from "./topic.tsx";
import { TopicsView } from "./topics.tsx";

/** A place that the navigation leads to. */
export interface Stop {
  readonly place: Place;
  readonly name: string;
  /** After `g`. */
  readonly key: string;
}

export const STOPS: readonly Stop[] = [
  { place: "overview", name: "Overview", key: "o" },
  { place: "doors", name: "Refusals", key: "d" },
  { place: "connections", name: "Connections", key: "c" },
  { place: "topics", name: "Topics", key: "t" },
  { place: "events", name: "Events", key: "e" },
  { place: "errors", name: "Errors", key: "r" },
  { place: "pressure", name: "Pressure", key: "p" },
  { place: "presence", name: "Presence", key: "w" },
  { place: "history", name: "History", key: "h" },
  { place: "cluster", name: "Cluster", key: "l" },
  { place: "tap", name: "Tap", key: "a" },
];

/** The one of the navigation that a place belongs to. */
export const stopOf = (place: Place): Place =>
  place === "connection" ? "connections" : place === "topic" ? "topics" : place;

export function viewAt({ place, params }: Route): ReactNode {
  switch (place) {
    case "overview":
      return <OverviewView />;
    case "doors":
      return <DoorsView />;
    case "connections":
      return <ConnectionsView params={params} />;
    case "connection":
      return <ConnectionView key={`${params["node"]} ${params["key"]}`} params={params} />;
    case "topics":
      return <TopicsView params={params} />;
    case "topic":
      return <TopicView key={params["topic"] ?? ""} params={params} />;
    case "events":
      return <EventsView params={params} />;
    case "errors":
      return <ErrorsView />;
    case "pressure":
      return <PressureView />;
    case "presence":
      return <PresenceView />;
    case "history":
      return <HistoryView />;
    case "cluster":
      return <ClusterView />;
    case "tap":
      return <TapView params={params} />;
  }
}
