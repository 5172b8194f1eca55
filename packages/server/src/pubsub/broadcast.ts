/** A message that was broadcast on a topic, as channels and plain subscribers receive it. */
export class Broadcast<Payload = unknown> {
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;

  constructor(topic: string, event: string, payload: Payload) {
    this.topic = topic;
    this.event = event;
    this.payload = payload;
  }
}
