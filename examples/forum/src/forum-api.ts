/** The forum's HTTP side. Each change is stored first, then told: all six broadcasts come from here. */
import { jsonApi, Refused } from "@wingbeat/example-site";
import type { ApiRequest } from "@wingbeat/example-site";
import { z } from "zod";
import { memberOf } from "./members.ts";
import type { Member, Role } from "./members.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { ForumState, Profile } from "./state.ts";

/** The answer to a login. */
export interface Login {
  readonly token: string;
  /** What `logout` names this session by. */
  readonly sessionId: string;
}

const ForMember = z.object({ user_id: z.number() });
const Ban = z.object({ user_id: z.number(), banned: z.boolean() });
const Announcement = z.object({ motd: z.string().trim().max(200, "Keep it below 200 characters.") });
const RoleChange = z.object({ lookup: z.enum(["user", "moderator"]), messages: z.boolean() });
const Dismissal = z.object({ type: z.enum(["message", "mention"]) });

export function forumApi(sessions: Sessions, state: ForumState) {
  /** Who asks, with the session; 401 for who is not logged in. */
  async function authenticated({ token }: ApiRequest): Promise<{ member: Member; session: Session }> {
    const session = await sessions.find(token);
    const member = memberOf(session?.userId);
    if (session === undefined || member === undefined) throw new Refused(401, "You are not logged in.");
    return { member, session };
  }

  async function withRole(request: ApiRequest, ...roles: Role[]): Promise<void> {
    const { member } = await authenticated(request);
    if (member.roles.some((role) => roles.includes(role))) return;
    throw new Refused(403, `Only ${roles.map((role) => `${role}s`).join(" or ")} can do that.`);
  }

  /** Who asks, and to whom something is to be sent. */
  async function withReceiver(request: ApiRequest): Promise<{ sender: Profile; receiver: Member }> {
    const { member } = await authenticated(request);
    const receiver = memberGiven(read(ForMember, request).user_id);
    if (receiver === member) throw new Refused(400, "That is you.");
    return { sender: await state.profile(member), receiver };
  }

  return jsonApi("/forum/api/", {
    "POST /forum/api/login": async (request): Promise<Login> => {
      const { token, sessionId } = await sessions.open(memberGiven(read(ForMember, request).user_id).id);
      return { token, sessionId };
    },
    "POST /forum/api/logout": async (request) => {
      const { session } = await authenticated(request);
      await sessions.close(session);
      request.endpoint.broadcast(`user:${session.userId}`, "logout", { token: session.sessionId });
      // Pages leave by themselves when they hear that. This is for the others.
      request.endpoint.disconnect(`session_socket:${session.sessionId}`);
      return {};
    },
    "GET /forum/api/me": async (request) => state.profile((await authenticated(request)).member),
    "GET /forum/api/counts": async (request) => state.counts((await authenticated(request)).member.id),
    "GET /forum/api/members": async () => ({ members: await state.members() }),
    "GET /forum/api/announcement": async () => ({ motd: await state.announcement() }),
    "GET /forum/api/roles": async () => state.permissions(),

    "POST /forum/api/announcement": async (request) => {
      await withRole(request, "admin");
      const { motd } = read(Announcement, request);
      await state.announce(motd);
      request.endpoint.broadcast("user:public", "announcement", { motd });
      return {};
    },
    "POST /forum/api/ban": async (request) => {
      await withRole(request, "admin", "moderator");
      const { user_id, banned } = read(Ban, request);
      const { id, roles } = memberGiven(user_id);
      if (roles.includes("admin")) throw new Refused(403, "An admin cannot be banned.");
      await state.ban(id, banned);
      request.endpoint.broadcast(`user:${id}`, "reauthenticate", {});
      return {};
    },
    "POST /forum/api/roles": async (request) => {
      await withRole(request, "admin");
      const { lookup, messages } = read(RoleChange, request);
      await state.permit(lookup, messages);
      request.endpoint.broadcast("user:role", "permissionsChanged", { lookup });
      return {};
    },
    "POST /forum/api/message": async (request) => {
      const { sender, receiver } = await withReceiver(request);
      if (!sender.mayMessage) throw new Refused(403, "You may not send private messages.");
      await state.count(receiver.id, "message");
      request.endpoint.broadcast(`user:${receiver.id}`, "newMessage", {});
      return {};
    },
    "POST /forum/api/mention": async (request) => {
      const { sender, receiver } = await withReceiver(request);
      if (sender.isBanned) throw new Refused(403, "You are banned.");
      await state.count(receiver.id, "mention");
      request.endpoint.broadcast(`user:${receiver.id}`, "refreshMentions", {});
      return {};
    },
    "POST /forum/api/dismiss": async (request) => {
      const { member } = await authenticated(request);
      const { type } = read(Dismissal, request);
      await state.dismiss(member.id, type);
      // For the member's other tabs and devices.
      request.endpoint.broadcast(`user:${member.id}`, type === "message" ? "newMessage" : "refreshMentions", {});
      return {};
    },
  });
}

function read<Output>(schema: z.ZodType<Output>, { body }: ApiRequest): Output {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new Refused(400, parsed.error.issues.map(({ message }) => message).join(" "));
  return parsed.data;
}

function memberGiven(id: number): Member {
  const member = memberOf(id);
  if (member === undefined) throw new Refused(404, "There is no such member.");
  return member;
}
