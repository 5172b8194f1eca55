/** What a presence needs of an endpoint. */
import type { PubSub } from "../pubsub.ts";

export interface PresenceEndpoint {
  readonly pubsub: PubSub;
}
