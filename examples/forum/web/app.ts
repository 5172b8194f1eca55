import { Socket } from "@wingbeat/client";
import type { Counts, ForumSocket, Login, Profile } from "@wingbeat/example-forum";
import { ApiError, byId, showConnection } from "@wingbeat/example-site/page";
import { showCounts, showProfile } from "./account.ts";
import { showAdmin } from "./admin.ts";
import { attempt, inBackground } from "./attempt.ts";
import { ask, currentLogin, keepLogin } from "./login.ts";
import { MemberList } from "./members.ts";
import { joinAsMember, joinPublic } from "./topics.ts";
import type { Page } from "./topics.ts";

/** A function: it is called for each connection, so that a login and a logout need no more than a new connection. */
const params = () => {
  const login = currentLogin();
  return login === undefined ? {} : { token: login.token };
};
const socket = new Socket<ForumSocket>("/forum/socket", { params });
showConnection(socket, byId("connection"));

let profile: Profile | undefined;
let leaveMemberTopics = (): void => {};
const members = new MemberList((id) => askOnline(id));

/** Fetches who is logged in, and shows it; a session that is over is forgotten. */
async function fetchProfile(): Promise<void> {
  try {
    profile = currentLogin() === undefined ? undefined : await ask<Profile>("GET", "me");
    await showAdmin(profile);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== 401) return; // nobody has answered: the next join asks again
    keepLogin(undefined);
    profile = undefined;
    await showAdmin(profile);
  }
  showProfile(profile);
}

/** Begins anew as a guest or a member: with the page, with a login, with a logout. */
async function begin(login: Login | undefined): Promise<void> {
  keepLogin(login);
  leaveMemberTopics();
  leaveMemberTopics = () => {};
  showCounts(undefined);
  await fetchProfile();
  const kept = currentLogin();
  if (kept !== undefined && profile !== undefined) {
    leaveMemberTopics = joinAsMember(socket, { ...kept, id: profile.id }, page);
  }
  socket.disconnect(() => socket.connect());
}

const page: Page = {
  get profile() {
    return profile;
  },
  refreshAnnouncement: () =>
    inBackground(async () => page.showAnnouncement((await ask<{ motd: string }>("GET", "announcement")).motd)),
  refreshMembers: () => inBackground(() => members.showTo(profile)),
  refreshProfile: () => inBackground(fetchProfile),
  refreshCounts: () => inBackground(async () => showCounts(await ask<Counts>("GET", "counts"))),
  showAnnouncement: (motd) => (byId("banner").textContent = motd),
  setOnline: (id, online) => members.setOnline(id, online),
  loggedOut: () => void begin(undefined),
};

const askOnline = joinPublic(socket, page);
// The session is over: the page goes on as a guest's.
socket.onRefused(() => begin(undefined));

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-user]")) {
  const body = { user_id: Number(button.dataset.user) };
  button.addEventListener("click", () => {
    void attempt("guest-error", async () => begin(await ask<Login>("POST", "login", body)));
  });
}
byId("logout").addEventListener("click", () => void attempt("account-error", () => ask("POST", "logout")));

await begin(currentLogin());
