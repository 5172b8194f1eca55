// @ts-check
import { Socket } from "phoenix";
import { showConnection } from "site/connection.js";
import { byId, element, timeOf } from "site/element.js";
import { Log } from "site/log.js";
import { askName } from "site/name.js";
import { sentence, showError } from "site/refusal.js";
import { foldSide } from "site/side.js";

/** @typedef {{ id: number, user: { id: string, name: string }, body: string, at: string, mine: boolean }} Message */

const name = await askName();
foldSide();

const socket = new Socket("/socket", { params: { token: `${name}~${ownKey()}` } });
showConnection(socket, byId("connection"));
socket.connect();

const field = /** @type {HTMLInputElement} */ (byId("body"));
const composerError = byId("composer-error");
const log = new Log(byId("log"), "Nobody has written yet. Say hello, or open this page in a second window.");
const lobby = socket.channel("chat:lobby", {});

lobby.on("new_msg", (message) => log.add(messageElement(message)));
lobby.on("welcome", ({ text }) => log.add(element("p.note.welcome", text)));
lobby.on("user_joined", ({ user }) => log.note(`${user.name} joined`));
lobby.on("user_left", ({ user }) => log.note(`${user.name} left`));
lobby
  .join()
  .receive("ok", ({ messages }) => log.replace(messages.map(messageElement))) // after each reconnect as well
  .receive("error", (refusal) => showError(composerError, sentence(refusal)));

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (lobby.state !== "joined") {
    showError(composerError, "You are not connected. Your text is kept; try again in a moment.", field);
    return;
  }
  const body = field.value;
  field.value = "";
  showError(composerError, "", field);
  // A message that is taken is not answered: it comes back as new_msg, to everybody.
  lobby.push("new_msg", { body }).receive("error", (refusal) => {
    showError(composerError, sentence(refusal), field);
    field.value ||= body;
    field.focus();
  });
});

for (const button of document.querySelectorAll("button[data-topic]")) {
  button.addEventListener("click", () => tryToJoin(/** @type {HTMLElement} */ (button).dataset.topic ?? ""));
}

byId("typo").addEventListener("click", () => {
  const push = lobby.push("mew_msg", { body: "Hello World!" });
  push.receive("error", (refusal) => showError(byId("typo-error"), `mew_msg: ${sentence(refusal)}`));
});

/** @param {string} topic */
function tryToJoin(topic) {
  const channel = socket.channel(topic, {});
  channel.join().receive("error", (refusal) => {
    showError(byId("join-error"), `${topic}: ${sentence(refusal)}`);
    channel.leave(); // or the client would try again and again
  });
}

/** @param {Message} message */
function messageElement({ user, body, at, mine }) {
  const meta = element("p.meta", element("b", mine ? "You" : user.name), timeOf(at));
  return element(mine ? "article.message.mine" : "article.message", meta, element("p.body", body));
}

/** The key that makes this tab's user the same one after a reload. */
function ownKey() {
  const key = sessionStorage.getItem("key") ?? randomKey();
  sessionStorage.setItem("key", key);
  return key;
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
