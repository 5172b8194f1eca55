/** All examples on one endpoint, with a page that says what each of them shows. */
import { lobby } from "@wingbeat/example-lobby";
import { rooms } from "@wingbeat/example-rooms";

export function gallery() {
  return { home: new URL("../web/", import.meta.url), examples: { "/lobby/": lobby(), "/rooms/": rooms() } };
}
