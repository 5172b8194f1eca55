import { Socket } from "@wingbeat/client";
import { ephemeral } from "@wingbeat/client/ephemeral";
import type { LobbySocket, Message } from "@wingbeat/example-lobby";
import {
  askName,
  byId,
  element,
  failure,
  fieldById,
  foldSide,
  Log,
  sentence,
  showConnection,
  showError,
  timeOf,
} from "@wingbeat/example-site/page";
import { ownKey } from "./key.ts";

const name = await askName();
foldSide();

const socket = new Socket<LobbySocket>("/socket", { params: { token: `${name}~${ownKey()}` } });
showConnection(socket, byId("connection"));
socket.connect();

const field = fieldById("body");
const composerError = byId("composer-error");
const log = new Log(byId("log"), "Nobody has written yet. Say hello, or open this page in a second window.");
const lobby = socket.channel("chat:lobby");

lobby.on("new_msg", (message) => log.add(messageElement(message)));
lobby.on("welcome", ({ text }) => log.add(element("p.note.welcome", text)));
lobby.on("user_joined", ({ user }) => log.note(`${user.name} joined`));
lobby.on("user_left", ({ user }) => log.note(`${user.name} left`));
const typing = ephemeral(lobby, "typing", { idle: 5_000 });
typing.onChange((names) => {
  byId("typing").textContent = names.size === 0 ? "" : `${[...names.keys()].join(", ")} …`;
});
field.addEventListener("input", () => (field.value === "" ? typing.clear() : typing.set(true)));

// An awaited join is answered once; what is received comes again after each reconnect, and catches the page up.
lobby
  .join()
  .receive("ok", ({ messages }) => log.replace(messages.map(messageElement)))
  .receive("error", (refusal) => showError(composerError, sentence(refusal)));

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!lobby.canPush()) {
    showError(composerError, "You are not connected. Your text is kept; try again in a moment.", field);
    return;
  }
  const body = field.value;
  field.value = "";
  typing.clear();
  showError(composerError, "", field);
  // A message that is taken is not answered, so there is nothing to await: it comes back as new_msg, to everybody.
  lobby.push("new_msg", { body }).receive("error", (refusal) => {
    showError(composerError, sentence(refusal), field);
    field.value ||= body;
    field.focus();
  });
});

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-chat]")) {
  button.addEventListener("click", () => void tryToJoin(`chat:${button.dataset.chat}`));
}

async function tryToJoin(topic: `chat:${string}`): Promise<void> {
  const channel = socket.channel(topic);
  try {
    await channel.join();
  } catch (error) {
    channel.leave(); // or the client would try again
    showError(byId("join-error"), `${topic}: ${failure(error)}`);
  }
}

byId("typo").addEventListener("click", async () => {
  try {
    // @ts-expect-error -- the types know the events of this channel; this one goes out all the same
    await lobby.push("mew_msg", { body: "Hello World!" });
  } catch (error) {
    showError(byId("typo-error"), `mew_msg: ${failure(error)}`);
  }
});

function messageElement({ user, body, at, mine }: Message): HTMLElement {
  const meta = element("p.meta", element("b", mine ? "You" : user.name), timeOf(at));
  return element(mine ? "article.message.mine" : "article.message", meta, element("p.body", body));
}
