import { Broadcast, defineChannel, ok } from "wingbeat";
import type { ContextOf, Timer } from "wingbeat";
import { z } from "zod";
import { manualStatusOf, setManualStatus } from "../accounts.ts";
import type { ManualStatus, Status } from "../contract.ts";
import { presence } from "../presence.ts";
import type { Services } from "../services.ts";
import { statusTopic, userTopic } from "../topics.ts";
import type { Everybody } from "../topics.ts";
import { userOf } from "../visitor.ts";
import type { Visitor } from "../visitor.ts";
import { loginOf } from "./login.ts";

/** `connect`'s assigns, and what this tab does. */
interface Tab extends Visitor {
  /** What the user chose by hand, in whatever tab. */
  readonly manual?: ManualStatus;
  /** Nobody has looked at this tab for a while. */
  readonly idle?: boolean;
  readonly timer?: Timer | undefined;
}

const Choice = z.object({ status: z.enum(["online", "away", "busy", "invisible"]) });

const base = defineChannel("system:presence")
  .assigns<Tab>()
  .info<"idle">()
  .pushes<typeof presence.events>()
  .talksTo<Everybody>();

/** Who is there. Each tab tracks its user; the page shows the most present of a user's tabs. */
export function systemChannel({ db, idleMs }: Services) {
  return (
    base
      .join(async (ctx) => {
        const { user } = loginOf(ctx.assigns);
        // Before the status is read: what another tab sets meanwhile comes as a broadcast.
        ctx.subscribe(statusTopic(user.id));
        const manual = await manualStatusOf(db, user.id);
        ctx.assign({ manual });
        presence.track(ctx, user.id, { status: shown(manual, false), username: user.username });
        presence.pushState(ctx);
        return ok({});
      })
      .handleIn("status:set", Choice, async (ctx, { status }) => {
        const { id } = userOf(ctx);
        await setManualStatus(db, id, status);
        change(ctx, { manual: status });
        ctx.endpoint.broadcast(statusTopic(id), "set", { status });
        ctx.endpoint.broadcast(userTopic(id), "status", { manualStatus: status });
        return ok({});
      })
      .handleIn("state:blur", (ctx) => {
        if (ctx.assigns.timer === undefined) ctx.assign({ timer: ctx.sendAfter("idle", idleMs) });
        return ok({});
      })
      .handleIn("state:focus", (ctx) => {
        ctx.assigns.timer?.cancel();
        ctx.assign({ timer: undefined });
        change(ctx, { idle: false });
        return ok({});
      })
      // The timer of the last blur, or another tab that has set the status.
      .handleInfo((ctx, message) => {
        if (!(message instanceof Broadcast)) change(ctx, { idle: true });
        else if (message.event === "set") change(ctx, { manual: message.payload.status });
      })
  );
}

/** Changes what this tab knows, and tells everybody if its status is another one now. */
function change(ctx: ContextOf<typeof base>, values: Pick<Tab, "manual" | "idle">): void {
  const before = statusOf(ctx.assigns);
  ctx.assign(values);
  const status = statusOf(ctx.assigns);
  if (status !== before) presence.update(ctx, userOf(ctx).id, (meta) => ({ status, username: meta.username }));
}

const statusOf = ({ manual = "online", idle = false }: Tab): Status => shown(manual, idle);

/** What was chosen by hand stays, whatever the tab does. */
function shown(manual: ManualStatus, idle: boolean): Status {
  if (manual === "invisible") return "offline";
  if (manual === "online" && idle) return "away";
  return manual;
}
