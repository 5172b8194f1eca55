/** Listening to telemetry: exported as `Telemetry.attach`. */
import diagnosticsChannel from "node:diagnostics_channel";
import { PREFIX } from "../telemetry.ts";
import type { TelemetryEvent, TelemetryEvents } from "../telemetry.ts";

/**
 * Listens to an event of all endpoints of this process. Returns a function that stops listening. Exceptions of the
 * listener are reported as `telemetry.listener_failed`.
 *
 * @example
 * const detach = Telemetry.attach("channel.crashed", ({ topic, error }) => report(topic, error));
 */
export function attach<Event extends TelemetryEvent>(
  event: Event,
  listener: (data: TelemetryEvents[Event]) => unknown,
): () => void {
  const onMessage = (data: unknown): unknown => listener(data as TelemetryEvents[Event]);
  diagnosticsChannel.subscribe(PREFIX + event, onMessage);
  return () => void diagnosticsChannel.unsubscribe(PREFIX + event, onMessage);
}
