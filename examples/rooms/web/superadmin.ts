import type { Socket } from "@wingbeat/client";
import type { RoomsSocket } from "@wingbeat/example-rooms";
import { byId, element, failure, fieldById, Log, showError } from "@wingbeat/example-site/page";

/** The door to `rooms:superadmin`, and what is seen behind it. */
export function superadmin(socket: Socket<RoomsSocket>): void {
  const field = fieldById("pass");
  const problem = byId("superadmin-error");
  const copies = byId("copies");
  const log = new Log(copies, "Copies of new messages appear here.");

  byId("superadmin").addEventListener("submit", async (event) => {
    event.preventDefault();
    const channel = socket.channel("rooms:superadmin", { pass: field.value });
    channel.on("new:msg", ({ room, uid, body }) => log.add(element("p", element("b", `${uid} in ${room}: `), body)));
    try {
      await channel.join();
      showError(problem, "", field);
      byId("superadmin-door").hidden = true;
      copies.hidden = false;
    } catch (error) {
      channel.leave(); // or the client would try again with the same pass
      showError(problem, failure(error), field);
    }
  });
}
