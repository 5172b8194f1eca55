/** What a presence needs of an endpoint. */
import type { PubSub } from "../pubsub.ts";

/** An endpoint, as far as presence needs it: for `list` and `getByKey`. */
export interface PresenceEndpoint {
  readonly pubsub: PubSub;
}
