import { defineChannel } from "wingbeat";
import { hasRole } from "../permissions.ts";
import type { RolePushes } from "../contract.ts";
import type { Services } from "../services.ts";
import { userOf } from "../visitor.ts";
import type { Visitor } from "../visitor.ts";
import { answer } from "./answer.ts";
import { loginOf } from "./login.ts";

/** Tells those who have a role that its permissions have changed; their pages then ask what they may do now. */
export function roleChannel({ db }: Services) {
  return defineChannel("user:role")
    .assigns<Visitor>()
    .pushes<RolePushes>()
    .join((ctx) =>
      answer(async () => {
        loginOf(ctx.assigns);
        return {};
      }),
    )
    .handleOut("permissionsChanged", async (ctx, payload) => {
      if (await hasRole(db, userOf(ctx).id, payload.lookup)) ctx.push("permissionsChanged", payload);
    });
}
