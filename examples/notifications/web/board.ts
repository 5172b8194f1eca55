import type { Socket } from "@wingbeat/client";
import type { Comment, NotificationsSocket, User } from "@wingbeat/example-notifications";
import { byId, element, linkButton, Log, timeOf } from "@wingbeat/example-site/page";
import { attempt } from "./attempt.ts";
import { ask } from "./login.ts";

const log = new Log(byId("comments"), "Nobody has written yet.");

/** Opens and closes the board: its channel is joined while it is open, and so the server knows who reads it. */
export function board(socket: Socket<NotificationsSocket>, user: () => User | undefined): void {
  const toggle = byId("board-toggle");
  let leave: (() => unknown) | undefined;

  const open = () => {
    const channel = socket.channel("board");
    channel.on("comment", (comment) => log.add(commentElement(comment)));
    channel.on("comment_removed", ({ id }) => document.querySelector(`[data-comment="${id}"]`)?.remove());
    channel.join().receive("ok", ({ comments }) => log.replace(comments.map(commentElement)));
    return () => channel.leave();
  };
  const commentElement = ({ id, author, body, at }: Comment): HTMLElement => {
    const meta = element("p.meta", element("b", author.name), timeOf(at));
    const made = element("article.message", meta, element("p.body", body));
    made.dataset.comment = String(id);
    if (author.id === user()?.id) {
      meta.append(linkButton("Remove", () => void attempt("board-error", () => ask("POST", "remove", { id }))));
    }
    return made;
  };
  const show = (isOpen: boolean): void => {
    byId("board").hidden = !isOpen;
    toggle.ariaExpanded = String(isOpen);
    toggle.textContent = isOpen ? "Close the board" : "Read the board";
  };
  toggle.addEventListener("click", () => {
    if (leave === undefined) {
      leave = open();
    } else {
      leave();
      leave = undefined;
    }
    show(leave !== undefined);
  });
}
