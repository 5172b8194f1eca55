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
}
