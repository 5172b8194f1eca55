/** Who may look at the running server, at `/inspector/`: those who may change what everybody else may. */
import { parse } from "hono/utils/cookie";
import type { Endpoint } from "wingbeat";
import { inspector } from "wingbeat/inspector";
import { findSession } from "./accounts.ts";
import { COOKIE } from "./http/app.ts";
import { can } from "./permissions.ts";
import type { Services } from "./services.ts";

/** Serves it until the endpoint closes. People who may not look are sent to the workspace, to log in. */
export function serveInspector(endpoint: Endpoint, { db, dev }: Services): void {
  inspector({
    endpoint,
    refused: { status: 302, headers: { location: "/" } },
    authorize: async ({ headers }) => {
      const secret = parse(headers["cookie"] ?? "", COOKIE)[COOKIE];
      const login = secret === undefined ? undefined : await findSession(db, secret);
      if (login === undefined || !(await can(db, login.user.id, "manage-roles"))) return false;
      // Direct messages are nobody else's business: only in development can they be read here.
      return { user: login.user.username, may: dev ? ["payloads", "disconnect"] : ["disconnect"] };
    },
  });
}
