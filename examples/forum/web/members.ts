import type { Profile } from "@wingbeat/example-forum";
import { byId, element, linkButton } from "@wingbeat/example-site/page";
import { attempt } from "./attempt.ts";
import { ask } from "./login.ts";

type Listed = Pick<Profile, "id" | "name" | "isBanned">;

/** The members, who of them is online, and what the one who is logged in can do to the others. */
export class MemberList {
  readonly #place = byId("members");
  readonly #askOnline: (id: number) => void;
  #me: Profile | undefined;

  /** `askOnline` has `setOnline` called some time later. */
  constructor(askOnline: (id: number) => void) {
    this.#askOnline = askOnline;
  }

  showTo(me: Profile | undefined): Promise<void> {
    this.#me = me;
    return this.refresh();
  }

  async refresh(): Promise<void> {
    const { members } = await ask<{ members: Listed[] }>("GET", "members");
    this.#place.replaceChildren(...members.map((member) => this.#item(member)));
    for (const { id } of members) this.#askOnline(id);
  }

  /** Green or grey, and in words. */
  setOnline(id: number, online: boolean): void {
    const item = this.#place.querySelector<HTMLElement>(`[data-member="${id}"]`);
    if (item === null) return;
    item.dataset.online = String(online);
    (item.querySelector(".state") as HTMLElement).textContent = online ? "online" : "offline";
  }

  #item(member: Listed): HTMLElement {
    const buttons = element("span.buttons");
    const item = element(
      "li",
      element("span.dot"),
      element("b", member.name),
      element("span.state.muted.small"),
      buttons,
    );
    item.dataset.member = String(member.id);
    if (this.#me !== undefined && this.#me.id !== member.id) buttons.append(...this.#actions(this.#me, member));
    return item;
  }

  #actions(me: Profile, { id, name, isBanned }: Listed): HTMLElement[] {
    const button = (label: string, task: () => Promise<unknown>): HTMLElement => {
      const made = linkButton(label, () => void attempt("members-error", task));
      made.ariaLabel = `${label} ${name}`;
      return made;
    };
    const buttons = [
      button("Message", () => ask("POST", "message", { user_id: id })),
      button("Mention", () => ask("POST", "mention", { user_id: id })),
    ];
    if (me.roles.includes("admin") || me.roles.includes("moderator")) {
      const ban = () => ask("POST", "ban", { user_id: id, banned: !isBanned }).then(() => this.refresh());
      buttons.push(button(isBanned ? "Unban" : "Ban", ban));
    }
    return buttons;
  }
}
