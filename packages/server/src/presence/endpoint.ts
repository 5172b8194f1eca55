/** What a presence needs of an endpoint. */
import type { PubSub } from "../pubsub.ts";

export interface PresenceEndpoint {
  readonly pubsub: PubSub;
  broadcast(topic: string, event: string, payload: object): void;
  localBroadcast(topic: string, event: string, payload: object): void;
}
