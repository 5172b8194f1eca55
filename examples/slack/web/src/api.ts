/** The page's requests to its own server, beside the socket. JSON both ways; the session is a cookie. */
import type {
  Announcement,
  Attachment,
  Ban,
  GlobalRole,
  Me,
  Permission,
  PersonRole,
} from "@wingbeat/example-slack/contract";

/** A request that was refused. `message` is a sentence for the user. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status; 0 when nobody has answered. */
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface DemoUser {
  readonly username: string;
  readonly name: string;
  readonly hue: number;
  readonly password: string;
}

/** For one connection. The user is the one whose cookie it is now: another window may have logged in as another. */
export interface SocketToken {
  readonly token: string;
  readonly userId: number;
}

export interface RolePermissions {
  readonly role: GlobalRole | "owner" | "moderator" | "member";
  readonly permissions: readonly Permission[];
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Throws {@link ApiError}. A body that is no FormData goes as JSON. */
async function call<Reply>(method: Method, path: string, body?: object): Promise<Reply> {
  const response = await fetch(`/api/${path}`, { method, ...contentOf(body) }).catch(() => {
    throw new ApiError(0, "unreachable", "The server cannot be reached. Try again in a moment.");
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusalOf(response.status, answer);
  return answer as Reply;
}

function contentOf(body: object | undefined): RequestInit {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

const SENTENCES: Readonly<Record<number, string>> = {
  401: "You are not logged in.",
  403: "You may not do that.",
  404: "There is no such thing.",
  413: "That is too large.",
  429: "Too many tries. Wait a minute and try again.",
};

function refusalOf(status: number, answer: unknown): ApiError {
  const { reason, message } = (answer ?? {}) as { readonly reason?: unknown; readonly message?: unknown };
  const fallback = SENTENCES[status] ?? "Something went wrong on the server. Try again in a moment.";
  return new ApiError(
    status,
    typeof reason === "string" ? reason : "unknown",
    typeof message === "string" ? message : fallback,
  );
}

export const api = {
  loginScreen: () => call<{ readonly demoUsers: readonly DemoUser[] }>("GET", "login-screen"),
  login: (username: string, password: string) => call<unknown>("POST", "login", { username, password }),
  register: (username: string, name: string, password: string) =>
    call<unknown>("POST", "register", { username, name, password }),
  logout: () => call<unknown>("POST", "logout", {}),
  /** Every device of the user, this one too. */
  logoutAll: () => call<unknown>("POST", "logout-all", {}),
  endSession: (id: string) => call<unknown>("DELETE", `sessions/${encodeURIComponent(id)}`),
  /** 401: nobody is logged in. */
  me: () => call<Me>("GET", "me"),
  /** 401: nobody is logged in. */
  socketToken: () => call<SocketToken>("GET", "socket-token"),
  /** An image, at most 5 MB. */
  upload: (file: File) => {
    const form = new FormData();
    form.set("file", file);
    return call<Attachment>("POST", "uploads", form);
  },
  announce: (text: string | null) => call<Announcement | null>("POST", "admin/announcement", { text }),
  roles: () => call<{ readonly roles: readonly RolePermissions[] }>("GET", "admin/roles"),
  setPermission: (role: string, permission: Permission, allowed: boolean) =>
    call<unknown>("PUT", `admin/roles/${encodeURIComponent(role)}`, { permission, allowed }),
  /** Of everybody who is not just a user. */
  peopleWithRoles: () => call<{ readonly people: readonly PersonRole[] }>("GET", "admin/people/roles"),
  makeRole: (userId: number, role: GlobalRole) => call<unknown>("PUT", `admin/people/${userId}/role`, { role }),
  bans: () => call<{ readonly bans: readonly Ban[] }>("GET", "admin/bans"),
  /** Null lifts the ban. */
  ban: (userId: number, reason: string | null) => call<unknown>("POST", "admin/ban", { userId, reason }),
};
