/** Telemetry for tests: what one endpoint reports, in order. */
import { onTestFinished } from "vitest";
import { Telemetry } from "../../src/index.ts";
import type { TelemetryEvent, TelemetryEvents } from "../../src/index.ts";
import { Inbox } from "./inbox.ts";

/** Collects an event until the test ends. */
export function observe<Event extends TelemetryEvent>(event: Event): Inbox<TelemetryEvents[Event]> {
  const inbox = new Inbox<TelemetryEvents[Event]>();
  onTestFinished(Telemetry.attach(event, (data) => inbox.put(data)));
  return inbox;
}
