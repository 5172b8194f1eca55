// @ts-check
import { byId, element, linkButton, timeOf } from "site/element.js";
import { Log } from "site/log.js";
import { sentence, showError } from "site/refusal.js";

/** @typedef {{ id: number, room: string, uid: string, body: string, at: string, is_editable: boolean }} Message */

const field = /** @type {HTMLInputElement} */ (byId("body"));
const roomField = /** @type {HTMLInputElement} */ (byId("room"));
const composerError = byId("composer-error");

/** The room that the page shows: one channel at a time. */
export class Room {
  /** @type {import("phoenix").Channel | undefined} */
  channel = undefined;
  id = "lobby";
  log = new Log(byId("log"), "Nobody has written in this room yet.");
  /** @type {Message | undefined} the message that is being edited */
  editing = undefined;

  /**
   * @param {import("phoenix").Socket} socket
   * @param {string} uid
   * @param {{ names: Set<string> }} ignored
   */
  constructor(socket, uid, ignored) {
    this.socket = socket;
    this.uid = uid;
    this.ignored = ignored;
    byId("doors").addEventListener("submit", (event) => {
      event.preventDefault();
      this.askFor(roomField.value.trim());
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(field.value);
    });
    byId("cancel-edit").addEventListener("click", () => this.edit(undefined));
    byId("ask-rank").addEventListener("click", () => this.channel?.push("current:rank", {}));
  }

  /** Goes to a room by way of the address; at once when the address says so already. @param {string} id */
  askFor(id) {
    if (id === "") showError(byId("doors-error"), "Type a room: lobby, or a number from 1 to 999.", roomField);
    else if (location.hash === `#${id}`) this.enter(id);
    else location.hash = id;
  }

  /** Joins a room, and leaves the old one when the new one lets us in. @param {string} id */
  enter(id) {
    if (id === this.id && this.channel !== undefined) return;
    const channel = this.socket.channel(`rooms:${id}`, () => ({ ignoring: [...this.ignored.names] }));
    this.listen(channel);
    channel
      .join()
      .receive("ok", (reply) => this.entered(id, channel, reply)) // after each reconnect as well
      .receive("error", (refusal) => {
        channel.leave();
        showError(byId("doors-error"), `rooms:${id}: ${refusalOf(id, refusal)}`, roomField);
        if (this.channel !== undefined) history.replaceState(null, "", `#${this.id}`);
        else this.askFor("lobby");
      });
  }

  /** @param {import("phoenix").Channel} channel */
  listen(channel) {
    channel.on("new:msg", (message) => this.log.add(this.element(message)));
    channel.on("edit:msg", (/** @type {Message} */ { id, body }) => {
      const place = document.querySelector(`[data-message="${id}"] .body`);
      if (place !== null) place.textContent = body;
    });
    channel.on("user:joined", ({ user_id }) => this.log.note(`${user_id} joined`));
    channel.on("user:left", ({ user_id }) => this.log.note(`${user_id} left`));
    channel.on("current:rank", ({ val }) => {
      byId("rank").textContent = `No. ${val}`;
    });
  }

  /**
   * @param {string} id
   * @param {import("phoenix").Channel} channel
   * @param {{ messages: Message[], rooms?: string[] }} reply
   */
  entered(id, channel, { messages, rooms }) {
    if (this.channel !== channel) {
      this.channel?.leave();
      this.channel = channel;
      this.id = id;
      this.edit(undefined);
      roomField.value = "";
      byId("topic").textContent = `rooms:${id}`;
      showError(byId("doors-error"), "", roomField);
    }
    this.log.replace(messages.map((message) => this.element(message)));
    byId("known").replaceChildren(...(rooms ?? ["lobby"]).map((known) => this.door(known)));
  }

  /** @param {string} id */
  door(id) {
    return linkButton(id === "lobby" ? "Lobby" : `Room ${id}`, () => this.askFor(id));
  }

  /** @param {Message} message */
  element(message) {
    const isMine = message.uid === this.uid;
    const meta = element("p.meta", element("b", isMine ? "You" : message.uid), timeOf(message.at));
    const body = element("p.body", message.body);
    const made = element(isMine ? "article.message.mine" : "article.message", meta, body);
    made.dataset.message = String(message.id);
    if (message.is_editable) {
      meta.append(linkButton("Edit", () => this.edit({ ...message, body: body.textContent ?? "" })));
    }
    return made;
  }

  /** Turns the composer into an editor of a message, and back. @param {Message | undefined} message */
  edit(message) {
    this.editing = message;
    byId("body-label").textContent = message === undefined ? "Message" : "Edit your message";
    byId("send").textContent = message === undefined ? "Send" : "Save";
    byId("cancel-edit").hidden = message === undefined;
    byId("ways").hidden = message !== undefined; // edits go over the channel only
    showError(composerError, "", field);
    field.value = message?.body ?? "";
    field.focus();
  }

  /** @param {string} body */
  submit(body) {
    const { channel, editing } = this;
    showError(composerError, "", field);
    if (channel?.state !== "joined") {
      showError(composerError, "You are not connected. Your text is kept; try again in a moment.", field);
    } else if (editing !== undefined) {
      const push = channel.push("edit:msg", { id: editing.id, body });
      push
        .receive("ok", () => this.edit(undefined))
        .receive("error", (refusal) => this.refused(sentence(refusal), body));
    } else if (/** @type {HTMLInputElement} */ (document.querySelector("[name=way]:checked")).value === "post") {
      field.value = "";
      void this.post(body);
    } else {
      field.value = "";
      channel.push("new:msg", { body }).receive("error", (refusal) => this.refused(sentence(refusal), body));
    }
  }

  /** Writes into the room without any channel. @param {string} body */
  async post(body) {
    try {
      const response = await fetch(`/rooms/${this.id}/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ uid: this.uid, body }),
      });
      if (response.ok) return;
      const { error, issues } = await response.json();
      this.refused(issues?.map((/** @type {{ message: string }} */ { message }) => message).join(" ") || error, body);
    } catch {
      this.refused("The server cannot be reached. Try again in a moment.", body);
    }
  }

  /** Says why and gives the text back. @param {string} why @param {string} body */
  refused(why, body) {
    showError(composerError, why, field);
    field.value ||= body;
    field.focus();
  }
}

/** @param {string} id @param {import("site/refusal.js").Refusal} refusal */
function refusalOf(id, refusal) {
  if (refusal.reason === "unknown room") return "There is no such room. Rooms are lobby and 1 to 999.";
  if (id === "superadmin") return "This room has a door of its own, at the side.";
  return sentence(refusal);
}
