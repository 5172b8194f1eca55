import { Presence, PushError, Socket } from "@wingbeat/client";
import type { Refusal } from "@wingbeat/client";
import { indexedDBOutbox } from "@wingbeat/client/outbox";
import type { Message } from "../src/messages.ts";
import type { userSocket } from "../src/socket.ts";
import { byId, element, timeOf } from "./element.ts";

/** The URL names the room: /#garden is another one. */
const room = decodeURIComponent(location.hash.slice(1)) || "lobby";
addEventListener("hashchange", () => location.reload());

const log = byId("log");
const nameField = byId<HTMLInputElement>("name");
const bodyField = byId<HTMLInputElement>("body");

// An id and a name per tab, so that two tabs are two people. They survive a reload.
const tab = kept("tab", Math.random().toString(36).slice(2));
let name = kept("name", `Guest ${Math.floor(100 + Math.random() * 900)}`);
nameField.value = name;
byId("room").textContent = room;
document.title = `${room} · Chat`;

// The compiler checks topics, payloads and replies against the server's definitions.
// What is written without a connection is kept in the browser: Vite reloads the page when a stopped server is back.
const socket = new Socket<typeof userSocket>("/socket", { outbox: { storage: indexedDBOutbox(tab) } });
const channel = socket.channel(`room:${room}`, () => ({ name }));
const presence = new Presence<{ name: string }>(channel);
/** False while messages are missing that the server no longer sends by itself. */
let isWhole = true;

showConnection("Connecting…");
channel.on("new_msg", showMessage);
channel.onError(() => showConnection("Reconnecting…"));
channel.onRecover(({ recovered, count }) => {
  isWhole &&= recovered;
  if (!isWhole) loadAgain();
  else if (count > 0) showNote(`You are back: ${count} ${count === 1 ? "message" : "messages"} caught up.`);
});
presence.onSync(() => {
  const names = presence.list((_id, { metas }) => metas[0]?.name ?? "");
  byId("people").textContent = `Here: ${names.sort().join(", ")}`;
});
channel
  .join()
  .receive("ok", ({ messages }) => {
    showConnection("Connected", "open"); // after each reconnect as well
    messages.forEach(showMessage);
  })
  .receive("error", (refusal) => {
    showConnection("Refused");
    showError("name", sentence(refusal));
  });
socket.connect();

byId("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = bodyField.value;
  bodyField.value = "";
  showError("body", channel.isJoined() ? "" : "You are not connected: it is sent as soon as you are.");
  try {
    // Waits for a connection, and is sent again if that is lost before the reply. The server handles it once.
    const { id } = await channel.push("new_msg", { body }, { retry: true });
    document.getElementById(`message-${id}`)?.classList.add("mine");
    showError("body", "");
  } catch (error) {
    showError("body", sentence(error));
    bodyField.value ||= body;
  }
});

byId("naming").addEventListener("submit", (event) => {
  event.preventDefault();
  nameField.blur(); // which changes the name
});
nameField.addEventListener("change", async () => {
  try {
    ({ name } = await channel.push("name", { name: nameField.value }));
    sessionStorage.setItem("name", name);
    showError("name", "");
  } catch (error) {
    showError("name", sentence(error));
  }
});

function showMessage({ id, name, body, at }: Message): void {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  log.querySelector(".empty")?.remove();
  const message = element("article", element("b", name), timeOf(at), element("p", body));
  message.id = `message-${id}`;
  log.append(message);
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

/** The server no longer has all that was missed: shows what is stored instead. */
function loadAgain(): void {
  channel.push("latest", {}).receive("ok", ({ messages }) => {
    isWhole = true;
    log.replaceChildren();
    messages.forEach(showMessage);
    showNote("You were away for too long: the messages were loaded again.");
  });
}

function showNote(text: string): void {
  const note = element("p", text);
  note.className = "note";
  log.append(note);
  note.scrollIntoView({ block: "nearest" });
}

function showConnection(text: string, state = "waiting"): void {
  byId("connection").textContent = text;
  byId("connection").dataset.state = state;
}

/** What this tab has stored under a key; at first the given value. */
function kept(key: string, first: string): string {
  const value = sessionStorage.getItem(key) ?? first;
  sessionStorage.setItem(key, value);
  return value;
}

/** An empty string removes the error. */
function showError(field: "name" | "body", text: string): void {
  byId(`${field}-error`).textContent = text;
  byId(field).setAttribute("aria-invalid", String(text !== ""));
}

/** The message of an error reply, for people. */
function sentence(error: unknown): string {
  const response = (error instanceof PushError ? error.response : error) as Partial<Refusal> | undefined;
  if (response?.issues !== undefined) return response.issues.map(({ message }) => message).join(" ");
  if (error instanceof PushError && error.reason !== "refused") return "The server has not answered. Try again.";
  return response?.reason ?? "The server refused it.";
}
