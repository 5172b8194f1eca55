/**
 * The inspector's own socket: what its page joins. It lives on an endpoint of its own, so that its clients are none of
 * the application's, and neither are its figures.
 */
import { defineChannel } from "../channel.ts";
import { conflate } from "../channel/delivery.ts";
import { ok, refuse, stop } from "../channel/result.ts";
import { defineSocket } from "../socket.ts";
import type { ConnectInfo } from "../socket.ts";
import { Feed } from "./feed.ts";
import type { Inspection, TapEnd } from "./inspection.ts";
import type { Answer, InspectorAction, TapBatch, TapTarget, ViewName } from "./model.ts";
import { actionSchema, querySchema, tapJoinSchema, viewJoinSchema } from "./queries.ts";
import type { InspectorRight, Viewer } from "./rights.ts";
import { TapOutlet } from "./tap-outlet.ts";

/** Less than the sockets of applications have: a viewer has a page of views, and few taps. */
const LIMITS = {
  maxChannels: 16,
  eventsPerSecond: 20,
  joinsPerSecond: 20,
  bytesPerSecond: 64 * 1024,
  maxMailboxMessages: 50,
  maxMailboxBytes: 256 * 1024,
  maxDepth: 8,
} as const;

/** What the channels of the inspector need. */
export interface Desk {
  readonly inspection: Inspection;
  /** The name of the node that is looked at. */
  readonly node: string;
  readonly version: string;
  /** Who has come with a ticket, and until when they are let in; undefined: the ticket is none. */
  admit(info: ConnectInfo): { readonly viewer: Viewer; readonly expiresAt: number } | undefined;
  /** For the audit. */
  tapped(viewer: Viewer, target: TapTarget, reveal: boolean): void;
  acted(viewer: Viewer, action: InspectorAction, outcome: "done" | "nothing found" | "not allowed"): void;
}

/** What `actions` answers a join with. */
export interface Welcome {
  readonly node: string;
  readonly version: string;
  readonly user: string | null;
  readonly may: readonly InspectorRight[];
}

interface Assigns {
  readonly viewer: Viewer;
}

const NOT_ALLOWED = { reason: "not allowed" } as const;

/** One view: sends its answer at once, and again every few seconds. */
function viewChannel<const View extends ViewName>(view: View, { inspection }: Desk) {
  return defineChannel(`view:${view}` as `view:${View}`)
    .assigns<Assigns & { feed?: Feed<View> }>()
    .pushes<{ answer: Answer<View> }>({ answer: conflate() })
    .join(viewJoinSchema(view), (ctx, { query, every }) => {
      const feed = new Feed(inspection, view, query, every, (answer) => ctx.push("answer", answer));
      ctx.assign({ feed });
      ctx.afterJoin(() => feed.start());
      ctx.onEnd(() => feed.stop());
      return ok();
    })
    .handleIn("query", querySchema(view), (ctx, query) => {
      ctx.assigns.feed?.change(query);
      return ok();
    });
}

/** Messages of one connection, topic or id, as they come. Any id: a page may have several. */
const tapChannel = ({ inspection, tapped }: Desk) =>
  defineChannel("tap:{id}")
    .assigns<Assigns & { isRevealing?: boolean }>()
    .info<TapEnd>()
    .pushes<{ frames: TapBatch; ended: { readonly reason: TapEnd } }>()
    .join(tapJoinSchema, (ctx, { target, reveal = false }) => {
      const { viewer } = ctx.assigns;
      if (reveal && !viewer.may.includes("payloads")) return refuse(NOT_ALLOWED);
      ctx.assign({ isRevealing: reveal });
      const outlet = new TapOutlet(
        () => ctx.bufferedBytes,
        (batch) => ctx.push("frames", batch),
      );
      ctx.afterJoin(() => {
        tapped(viewer, target, reveal);
        ctx.onEnd(
          inspection.tap(
            target,
            reveal,
            (batch) => outlet.receive(batch),
            (reason) => ctx.send(reason),
          ),
        );
      });
      return ok();
    })
    .handleInfo((ctx, reason) => {
      if (typeof reason !== "string") return undefined; // a broadcast: it subscribes to nothing
      ctx.push("ended", { reason });
      return stop();
    })
    .reauthorize(({ assigns: { isRevealing, viewer } }) =>
      isRevealing === true && !viewer.may.includes("payloads") ? refuse(NOT_ALLOWED) : ok(),
    );

/** Who one is here, and what one does. */
const actionsChannel = ({ inspection, node, version, acted }: Desk) =>
  defineChannel("actions")
    .assigns<Assigns>()
    .join((ctx) => {
      const { user, may } = ctx.assigns.viewer;
      return ok<Welcome>({ node, version, user, may });
    })
    .handleIn("act", actionSchema, async (ctx, action) => {
      const { viewer } = ctx.assigns;
      if (!viewer.may.includes("disconnect")) {
        acted(viewer, action, "not allowed");
        return refuse(NOT_ALLOWED);
      }
      const found = await inspection.act(action);
      acted(viewer, action, found ? "done" : "nothing found");
      return ok({ found });
    });

/** Defines the socket. */
export function inspectorSocket(desk: Desk) {
  return defineSocket({
    connect: (_params, info) => {
      const admitted = desk.admit(info);
      if (admitted === undefined) return refuse("ticket");
      return ok({ viewer: admitted.viewer }, { expiresAt: admitted.expiresAt });
    },
    channels: [
      viewChannel("overview", desk),
      viewChannel("doors", desk),
      viewChannel("connections", desk),
      viewChannel("connection", desk),
      viewChannel("topics", desk),
      viewChannel("topic", desk),
      viewChannel("events", desk),
      viewChannel("errors", desk),
      viewChannel("pressure", desk),
      viewChannel("presence", desk),
      viewChannel("history", desk),
      viewChannel("cluster", desk),
      tapChannel(desk),
      actionsChannel(desk),
    ],
    ...LIMITS,
  });
}

/** The type of the inspector's socket, for a client: `new Socket<InspectorSocket>("/inspector/socket")`. */
export type InspectorSocket = ReturnType<typeof inspectorSocket>;
