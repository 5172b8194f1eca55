import type { Message } from "@wingbeat/example-rooms";
import { byId, failure, fieldById, sentence, showError } from "@wingbeat/example-site/page";
import type { RoomChannel } from "./channel.ts";

const field = fieldById("body");
const problem = byId("composer-error");

/** The line to write in: sends messages over the channel or by HTTP, and saves edits. */
export class Composer {
  readonly #uid: string;
  #channel: RoomChannel | undefined;
  #editing: Message | undefined;

  constructor(uid: string) {
    this.#uid = uid;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(field.value);
    });
    byId("cancel-edit").addEventListener("click", () => this.edit(undefined));
  }

  /** Writes into this room from now on. */
  moveTo(channel: RoomChannel): void {
    this.#channel = channel;
    this.edit(undefined);
  }

  /** Turns the composer into an editor of a message, and back. */
  edit(message: Message | undefined): void {
    this.#editing = message;
    byId("body-label").textContent = message === undefined ? "Message" : "Edit your message";
    byId("send").textContent = message === undefined ? "Send" : "Save";
    byId("cancel-edit").hidden = message === undefined;
    byId("ways").hidden = message !== undefined; // edits go over the channel only
    showError(problem, "", field);
    field.value = message?.body ?? "";
    field.focus();
  }

  #submit(body: string): void {
    showError(problem, "", field);
    const channel = this.#channel;
    if (channel?.canPush() !== true) {
      showError(problem, "You are not connected. Your text is kept; try again in a moment.", field);
    } else if (this.#editing !== undefined) {
      void this.#save(channel, this.#editing.id, body);
    } else {
      field.value = "";
      if (fieldById("way-post").checked) void this.#post(channel, body);
      else this.#push(channel, body);
    }
  }

  async #save(channel: RoomChannel, id: number, body: string): Promise<void> {
    try {
      await channel.push("edit:msg", { id, body });
      this.edit(undefined);
    } catch (error) {
      this.#refused(failure(error), body);
    }
  }

  /** A message that is taken is not answered, so there is nothing to await: it comes back as `new:msg`. */
  #push(channel: RoomChannel, body: string): void {
    channel.push("new:msg", { body }).receive("error", (refusal) => this.#refused(sentence(refusal), body));
  }

  /** Writes into the room without any channel. */
  async #post(channel: RoomChannel, body: string): Promise<void> {
    const room = channel.topic.slice("rooms:".length);
    try {
      const response = await fetch(`/rooms/${room}/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ uid: this.#uid, body }),
      });
      if (response.ok) return;
      const { error, issues = [] } = (await response.json()) as { error: string; issues?: { message: string }[] };
      this.#refused(issues.map(({ message }) => message).join(" ") || error, body);
    } catch {
      this.#refused("The server cannot be reached. Try again in a moment.", body);
    }
  }

  /** Says why and gives the text back. */
  #refused(why: string, body: string): void {
    showError(problem, why, field);
    field.value ||= body;
    field.focus();
  }
}
