/** The examples that are part of this process on one endpoint, and the page that leads to all of them. */
import { forum } from "@wingbeat/example-forum";
import { lobby } from "@wingbeat/example-lobby";
import { notifications } from "@wingbeat/example-notifications";
import { rooms } from "@wingbeat/example-rooms";
import type { Shared } from "@wingbeat/example-site";
import { home } from "./home.ts";
import type { Programs } from "./programs.ts";

export function gallery(shared: Pick<Shared, "store" | "secret">, programs: Programs) {
  return {
    examples: {
      "/": home(programs),
      "/lobby/": lobby(),
      "/rooms/": rooms(),
      "/forum/": forum(shared),
      "/notifications/": notifications(shared),
    },
  };
}
