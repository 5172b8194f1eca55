import type { Message } from "../src/messages.ts";
import type { ChatSocket } from "./channel.ts";
import { startComposer } from "./composer.ts";
import { byId, element } from "./dom.ts";
import { showPeople } from "./people.ts";
import { showTyping } from "./typing.ts";

const log = byId("log");

/** Shows a room until `left` is aborted. */
export function openRoom(socket: ChatSocket, id: string, left: AbortSignal): void {
  const channel = socket.channel(`room:${id}`);
  log.replaceChildren();
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#rooms a")) {
    link.ariaCurrent = link.hash === `#${id}` ? "page" : null;
  }

  channel.on("new_msg", showMessage); // missed messages come here, too
  channel.onRecover(async ({ recovered, count }) => {
    if (recovered) return count > 0 && showNote(`You are back: ${count} missed.`);
    const { messages } = await channel.push("latest", {});
    log.replaceChildren();
    messages.forEach(showMessage);
    showNote("You were away for too long: the last messages were loaded again.");
  });
  showPeople(channel);
  showTyping(channel, left);
  startComposer(channel, left);

  channel
    .join()
    .receive("ok", ({ messages }) => messages.forEach(showMessage)) // after each reconnect, too
    .receive("error", ({ reason }) => {
      showNote(reason);
      channel.leave(); // or the client tries again
    });
  left.addEventListener("abort", () => channel.leave());
}

function showMessage({ name, body, at }: Message): void {
  const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  show(element("p", "message", element("b", "", name), element("time", "", time), element("span", "", body)));
}

function showNote(text: string): void {
  show(element("p", "note", text));
}

function show(line: HTMLElement): void {
  log.append(line);
  log.scrollTop = log.scrollHeight;
}
