// @ts-check
import { byId, element } from "site/element.js";
import { Log } from "site/log.js";
import { sentence, showError } from "site/refusal.js";

/** The door to `rooms:superadmin`, and what is seen behind it. @param {import("phoenix").Socket} socket */
export function superadmin(socket) {
  const field = /** @type {HTMLInputElement} */ (byId("pass"));
  const problem = byId("superadmin-error");
  const copies = byId("copies");
  const log = new Log(copies, "Copies of new messages appear here.");

  byId("superadmin").addEventListener("submit", (event) => {
    event.preventDefault();
    const channel = socket.channel("rooms:superadmin", { pass: field.value });
    channel.on("new:msg", ({ room, uid, body }) => log.add(element("p", element("b", `${uid} in ${room}: `), body)));
    channel
      .join()
      .receive("ok", () => {
        showError(problem, "", field);
        byId("superadmin-door").hidden = true;
        copies.hidden = false;
      })
      .receive("error", (refusal) => {
        channel.leave(); // or the client would try again with the same pass
        showError(problem, sentence(refusal), field);
      });
  });
}
