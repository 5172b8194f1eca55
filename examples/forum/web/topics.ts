import type { Socket } from "@wingbeat/client";
import type { ForumSocket, Login, Profile } from "@wingbeat/example-forum";
import { byId, element, Log } from "@wingbeat/example-site/page";

/** What the page does when it is told something. */
export interface Page {
  readonly profile: Profile | undefined;
  refreshAnnouncement(): void;
  refreshMembers(): void;
  refreshProfile(): void;
  refreshCounts(): void;
  showAnnouncement(motd: string): void;
  setOnline(id: number, online: boolean): void;
  loggedOut(): void;
}

const log = new Log(byId("log"), "Nothing yet.");

function told(topic: string, event: string, payload: object, then: string): void {
  const what = element("code", `${event} ${JSON.stringify(payload)}`);
  log.add(element("p", element("span.muted", `${topic} `), what, ` ${then}`));
}

/** Joins `user:public`, as everybody does. Gives the function that asks who is online. */
export function joinPublic(socket: Socket<ForumSocket>, page: Page): (id: number) => void {
  const channel = socket.channel("user:public");
  const askOnline = (user_id: number): void => {
    channel.push("is_online", { user_id }).receive("ok", ({ id, online }) => page.setOnline(id, online));
  };
  channel.on("announcement", (payload) => {
    told(channel.topic, "announcement", payload, "→ shows it");
    page.showAnnouncement(payload.motd);
  });
  // The signal that somebody has come or gone; who is online now is asked for, by `is_online`.
  channel.on("presence_diff", ({ joins, leaves }) => {
    for (const id of Object.keys({ ...joins, ...leaves })) askOnline(Number(id));
  });
  // Each join may follow a time away, in which broadcasts were missed.
  channel.join().receive("ok", () => {
    page.refreshAnnouncement();
    page.refreshMembers();
  });
  return askOnline;
}

/** Joins the two topics for members. Gives the function that leaves them. */
export function joinAsMember(socket: Socket<ForumSocket>, { id, sessionId }: Login & Pick<Profile, "id">, page: Page) {
  const roles = socket.channel("user:role");
  roles.on("permissionsChanged", (payload) => {
    const isMine = page.profile?.roles.some((role) => role === payload.lookup) === true;
    told(roles.topic, "permissionsChanged", payload, isMine ? "→ fetches your permissions" : "→ not your role");
    if (isMine) page.refreshProfile();
  });
  const own = socket.channel(`user:${id}`);
  own.on("reauthenticate", (payload) => {
    told(own.topic, "reauthenticate", payload, "→ fetches your account");
    page.refreshProfile();
  });
  own.on("newMessage", (payload) => {
    told(own.topic, "newMessage", payload, "→ fetches the counts");
    page.refreshCounts();
  });
  own.on("refreshMentions", (payload) => {
    told(own.topic, "refreshMentions", payload, "→ fetches the counts");
    page.refreshCounts();
  });
  own.on("logout", (payload) => {
    const isThis = payload.token === sessionId;
    told(own.topic, "logout", payload, isThis ? "→ logs out" : "→ another session");
    if (isThis) page.loggedOut();
  });
  roles.join();
  own.join().receive("ok", () => {
    page.refreshProfile();
    page.refreshCounts();
  });
  return () => {
    roles.leave();
    own.leave();
  };
}
