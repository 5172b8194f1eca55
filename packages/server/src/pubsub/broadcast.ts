import type { Position } from "./history/position.ts";

/** A message that was broadcast on a topic, as channels and plain subscribers receive it. */
export class Broadcast<Payload = unknown, Event extends string = string, Topic extends string = string> {
  readonly topic: Topic;
  readonly event: Event;
  readonly payload: Payload;
  /** Where it stands in the history of its topic. Undefined: it is not recorded. */
  readonly position?: Position | undefined;

  constructor(topic: Topic, event: Event, payload: Payload, position?: Position) {
    this.topic = topic;
    this.event = event;
    this.payload = payload;
    if (position !== undefined) this.position = position;
  }

  /** Also true for a broadcast of another copy of this package. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && "~broadcast" in value;
  }

  get "~broadcast"(): true {
    return true;
  }
}
