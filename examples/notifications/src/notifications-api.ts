/** The HTTP side: logging in and out, and comments. */
import { jsonApi, Refused } from "@wingbeat/example-site";
import type { ApiRequest } from "@wingbeat/example-site";
import { z } from "zod";
import type { Board } from "./board.ts";
import type { Logins } from "./logins.ts";
import type { Mentions, Told } from "./mentions.ts";
import { userOf } from "./users.ts";
import type { User } from "./users.ts";

const Login = z.object({ user_id: z.number() });
const NewComment = z.object({
  body: z.string().trim().min(1, "Write something first.").max(500, "Keep it below 500 characters."),
});
const Removal = z.object({ id: z.number() });

/** The answer to a comment. */
export interface Posted {
  readonly id: number;
  readonly told: readonly Told[];
}

export function notificationsApi(logins: Logins, board: Board, mentions: Mentions) {
  async function authenticated({ token }: ApiRequest): Promise<User> {
    const user = await logins.find(token);
    if (user === undefined) throw new Refused(401, "You are not logged in.");
    return user;
  }

  return jsonApi("/notifications/api/", {
    "POST /notifications/api/login": async (request) => {
      const user = userOf(read(Login, request).user_id);
      if (user === undefined) throw new Refused(404, "There is no such user.");
      return { token: logins.token(user) };
    },
    "GET /notifications/api/me": authenticated,
    "POST /notifications/api/logout": async (request) => {
      const user = await authenticated(request);
      await logins.logOut(user);
      // Closes all connections of the user; they come back, and are refused.
      request.endpoint.disconnect(`users_socket:${user.id}`);
      return {};
    },
    "POST /notifications/api/comment": async (request): Promise<Posted> => {
      const author = await authenticated(request);
      const comment = await board.add(author, read(NewComment, request).body);
      request.endpoint.broadcast("board", "comment", comment);
      return { id: comment.id, told: await mentions.notify(request.endpoint, comment) };
    },
    "POST /notifications/api/remove": async (request) => {
      const author = await authenticated(request);
      const { id } = read(Removal, request);
      if (!(await board.remove(author, id))) throw new Refused(404, "You have no such comment.");
      request.endpoint.broadcast("board", "comment_removed", { id });
      await mentions.retract(request.endpoint, id);
      return {};
    },
  });
}

function read<Output>(schema: z.ZodType<Output>, { body }: ApiRequest): Output {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new Refused(400, parsed.error.issues.map(({ message }) => message).join(" "));
  return parsed.data;
}
