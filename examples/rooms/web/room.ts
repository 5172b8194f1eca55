import type { Refusal, Socket } from "@wingbeat/client";
import type { Message, RoomsSocket } from "@wingbeat/example-rooms";
import { byId, element, fieldById, linkButton, Log, sentence, showError, timeOf } from "@wingbeat/example-site/page";
import type { RoomChannel } from "./channel.ts";
import type { Composer } from "./composer.ts";

const roomField = fieldById("room");
const doorsError = byId("doors-error");

/** The room that the page shows: one channel at a time. */
export class Room {
  channel: RoomChannel | undefined;
  readonly #socket: Socket<RoomsSocket>;
  readonly #uid: string;
  readonly #ignored: ReadonlySet<string>;
  readonly #composer: Composer;
  readonly #log = new Log(byId("log"), "Nobody has written in this room yet.");

  constructor(socket: Socket<RoomsSocket>, uid: string, ignored: ReadonlySet<string>, composer: Composer) {
    this.#socket = socket;
    this.#uid = uid;
    this.#ignored = ignored;
    this.#composer = composer;
    byId("doors").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#askFor(roomField.value.trim());
    });
    byId("ask-rank").addEventListener("click", () => {
      this.channel?.push("current:rank").receive("ok", ({ val }) => (byId("rank").textContent = `No. ${val}`));
    });
  }

  /** Joins a room, and leaves the old one when the new one lets us in. */
  enter(id: string): void {
    if (this.channel?.topic === `rooms:${id}`) return;
    const channel = this.#socket.channel(`rooms:${id}`, () => ({ ignoring: [...this.#ignored] }));
    this.#listen(channel);
    // Received, not awaited: the answer comes again after each reconnect.
    channel
      .join()
      .receive("ok", ({ messages, rooms = ["lobby"] }) => {
        if (this.channel !== channel) this.#moveTo(channel);
        this.#log.replace(messages.map((message) => this.#messageElement(message)));
        byId("known").replaceChildren(...rooms.map((room) => this.#door(room)));
      })
      .receive("error", (refusal) => {
        channel.leave();
        showError(doorsError, `${channel.topic}: ${refusalOf(id, refusal)}`, roomField);
        if (this.channel === undefined) this.#askFor("lobby");
        else history.replaceState(null, "", this.channel.topic.replace("rooms:", "#"));
      });
  }

  /** Goes to a room by way of the address; at once when the address says so already. */
  #askFor(id: string): void {
    if (id === "") showError(doorsError, "Type a room: lobby, or a number from 1 to 999.", roomField);
    else if (location.hash === `#${id}`) this.enter(id);
    else location.hash = id;
  }

  #listen(channel: RoomChannel): void {
    channel.on("new:msg", (message) => this.#log.add(this.#messageElement(message)));
    channel.on("edit:msg", ({ id, body }) => {
      const place = document.querySelector(`[data-message="${id}"] .body`);
      if (place !== null) place.textContent = body;
    });
    channel.on("user:joined", ({ user_id }) => this.#log.note(`${user_id} joined`));
    channel.on("user:left", ({ user_id }) => this.#log.note(`${user_id} left`));
  }

  #moveTo(channel: RoomChannel): void {
    this.channel?.leave();
    this.channel = channel;
    this.#composer.moveTo(channel);
    roomField.value = "";
    byId("topic").textContent = channel.topic;
    showError(doorsError, "", roomField);
  }

  #door(id: string): HTMLElement {
    return linkButton(id === "lobby" ? "Lobby" : `Room ${id}`, () => this.#askFor(id));
  }

  #messageElement(message: Message): HTMLElement {
    const isMine = message.uid === this.#uid;
    const meta = element("p.meta", element("b", isMine ? "You" : message.uid), timeOf(message.at));
    const body = element("p.body", message.body);
    const made = element(isMine ? "article.message.mine" : "article.message", meta, body);
    made.dataset.message = String(message.id);
    if (message.is_editable === true) {
      meta.append(linkButton("Edit", () => this.#composer.edit({ ...message, body: body.textContent })));
    }
    return made;
  }
}

function refusalOf(id: string, refusal: Refusal): string {
  if (refusal.reason === "unknown room") return "There is no such room. Rooms are lobby and 1 to 999.";
  if (id === "superadmin") return "This room has a door of its own, at the side.";
  return sentence(refusal);
}
