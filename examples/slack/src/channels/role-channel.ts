import { ok } from "wingbeat";
import { hasRole } from "../permissions.ts";
import type { Services } from "../services.ts";
import { roleTopic } from "../topics.ts";
import type { Everybody } from "../topics.ts";
import { userOf } from "../visitor.ts";
import type { Visitor } from "../visitor.ts";
import { loginOf } from "./login.ts";

/** Tells those who have a role that its permissions have changed; their pages then ask what they may do now. */
export function roleChannel({ db }: Services) {
  return roleTopic
    .assigns<Visitor>()
    .talksTo<Everybody>()
    .join(async (ctx) => {
      loginOf(ctx.assigns);
      return ok({});
    })
    .handleOut("permissionsChanged", async (ctx, payload) => {
      if (await hasRole(db, userOf(ctx).id, payload.lookup)) ctx.push("permissionsChanged", payload);
    });
}
