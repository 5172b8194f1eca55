/** All examples on one endpoint, with a page that says what each of them shows. */
import { forum } from "@wingbeat/example-forum";
import { lobby } from "@wingbeat/example-lobby";
import { notifications } from "@wingbeat/example-notifications";
import { rooms } from "@wingbeat/example-rooms";
import type { Shared } from "@wingbeat/example-site";

export function gallery(shared: Pick<Shared, "store" | "secret">) {
  return {
    home: new URL("../web/", import.meta.url),
    examples: {
      "/lobby/": lobby(),
      "/rooms/": rooms(),
      "/forum/": forum(shared),
      "/notifications/": notifications(shared),
    },
  };
}
