import { Socket } from "@wingbeat/client";
import type { Channel, ChannelAt } from "@wingbeat/client";
import type { NotificationsSocket, Posted, User } from "@wingbeat/example-notifications";
import { ApiError, byId, element, fieldById, sentence, showConnection, showError } from "@wingbeat/example-site/page";
import { attempt } from "./attempt.ts";
import { board } from "./board.ts";
import { showInbox, showMuted } from "./inbox-view.ts";
import type { Actions } from "./inbox-view.ts";
import { Inbox } from "./inbox.ts";
import { ask, currentToken, keepToken } from "./login.ts";

type Own = Channel<ChannelAt<NotificationsSocket, "notifications:21">>;

const socket = new Socket<NotificationsSocket>("/notifications/socket", {
  params: () => ({ token: currentToken() ?? "" }),
});
let user: User | undefined;
let own: Own | undefined;
let inbox = new Inbox();
board(socket, () => user);

const actions: Actions = {
  read: (id) => void withOwn((channel) => channel.push("read", { id })),
  mute: (user_id, muted) => void withOwn((channel) => channel.push("mute", { user_id, muted })),
};
const show = (): void => showInbox(inbox, actions);

/** Does something with the channel, which is there for who is logged in. */
async function withOwn(task: (channel: Own) => PromiseLike<unknown>): Promise<void> {
  const channel = own;
  if (channel !== undefined) await attempt("inbox-error", () => task(channel));
}

/** Begins anew: asks who is logged in, and joins that user's topics. */
async function begin(): Promise<void> {
  user = await fetchUser();
  byId("guest").hidden = user !== undefined;
  byId("content").hidden = byId("you").hidden = user === undefined;
  if (user === undefined) return;
  byId("you-name").textContent = user.name;
  inbox = new Inbox();
  own = listen(user.id);
  const stats = socket.channel(`user_approval_stats:${user.id}`);
  stats.on("stats", ({ sent, read }) => (byId("stats").textContent = `${read} of ${sent}`));
  stats.join();
  showConnection(socket, byId("connection"));
  socket.connect();
}

/** Undefined for nobody: also when the token is one from before a logout. */
async function fetchUser(): Promise<User | undefined> {
  if (currentToken() === undefined) return undefined;
  try {
    return await ask<User>("GET", "me");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) keepToken(undefined);
    return undefined;
  }
}

function listen(userId: number): Own {
  // A function: each join after the first one says how far the page has seen.
  const channel = socket.channel(`notifications:${userId}`, () =>
    inbox.cursor === undefined ? {} : { after: inbox.cursor },
  );
  channel.on("new_notification", ({ notification, unread, cursor }) => {
    inbox.add(notification, unread, cursor);
    show();
  });
  channel.on("read", ({ ids, unread, cursor }) => {
    inbox.read(ids, unread, cursor);
    show();
  });
  channel.on("retract", ({ ids, unread, cursor }) => {
    inbox.retract(ids, unread, cursor);
    show();
  });
  channel.on("muted", ({ ids }) => showMuted(ids, actions));
  channel.join().receive("ok", ({ muted, ...state }) => {
    inbox.takeState(state);
    show();
    showMuted(muted, actions);
    if (state.reset) byId("older").hidden = state.items.length < 20;
  });
  return channel;
}

// Everybody with this login was logged out: the page begins with its question.
socket.onRefused(() => {
  keepToken(undefined);
  location.reload();
});

byId("read-all").addEventListener("click", () => {
  const newest = inbox.items[0];
  if (newest !== undefined) void withOwn((channel) => channel.push("read_all", { up_to: newest.id }));
});
byId("older").addEventListener("click", () => {
  void withOwn(async (channel) => {
    const { items, has_more } = await channel.push("list", { before: inbox.oldest ?? 1 });
    inbox.addOlder(items);
    byId("older").hidden = !has_more;
    show();
  });
});
byId("note").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = fieldById("note-body");
  const problem = byId("inbox-error");
  const body = field.value;
  field.value = "";
  showError(problem, "", field);
  // A note that is taken is not answered, so there is nothing to await: it comes back as new_notification.
  own?.push("new_notification", { body }).receive("error", (refusal) => {
    showError(problem, sentence(refusal), field);
    field.value ||= body;
  });
});
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  void attempt("write-error", async () => {
    const { told } = await ask<Posted>("POST", "comment", { body: fieldById("body").value });
    fieldById("body").value = "";
    byId("told").replaceChildren(
      ...told.map(({ name, outcome }) =>
        element("li", `${name}: ${outcome === "offline" ? "offline, a mail would be sent now" : outcome}`),
      ),
    );
  });
});
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-user]")) {
  const body = { user_id: Number(button.dataset.user) };
  button.addEventListener("click", () => {
    void attempt("guest-error", async () => {
      keepToken((await ask<{ token: string }>("POST", "login", body)).token);
      await begin();
    });
  });
}
byId("logout").addEventListener("click", () => void attempt("inbox-error", () => ask("POST", "logout")));

await begin();
