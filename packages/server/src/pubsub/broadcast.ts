/** A message that was broadcast on a topic, as channels and plain subscribers receive it. */
export class Broadcast<Payload = unknown, Event extends string = string, Topic extends string = string> {
  readonly topic: Topic;
  readonly event: Event;
  readonly payload: Payload;

  constructor(topic: Topic, event: Event, payload: Payload) {
    this.topic = topic;
    this.event = event;
    this.payload = payload;
  }

  /** Also true for a broadcast of another copy of this package. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && "~broadcast" in value;
  }

  get "~broadcast"(): true {
    return true;
  }
}
