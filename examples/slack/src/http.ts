/** The HTTP side: what a page asks for outside of its socket, and the page itself. */
import { Hono } from "hono";
import type { Context, ErrorHandler, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { except } from "hono/combine";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import type { RefusalReason } from "./contract.ts";
import { adminRoutes } from "./http/admin.ts";
import { authenticated } from "./http/app.ts";
import type { App, HttpServices } from "./http/app.ts";
import { fileRoutes } from "./http/files.ts";
import { loginRoutes } from "./http/login.ts";
import { messageRoutes } from "./http/messages.ts";
import { pageRoutes } from "./http/pages.ts";
import { sessionRoutes } from "./http/sessions.ts";
import { statsRoutes } from "./http/stats.ts";
import { refusalIn, refused } from "./refused.ts";

export type { HttpServices } from "./http/app.ts";

/** Bytes of a JSON body. */
const MAX_JSON = 64_000;

const STATUS = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 400,
  archived: 403,
  read_only: 403,
  muted: 403,
  blocked: 403,
  banned: 403,
  taken: 409,
  rate_limited: 429,
} as const satisfies Record<RefusalReason, number>;

/** `page` is the folder that the page was built into. */
export function slackApp(services: HttpServices, page: string): Hono<App> {
  const app = new Hono<App>()
    .use(headers)
    .use(answerRefusal)
    .route("/api", apiOf(services))
    .route("/debug", services.dev ? statsRoutes(services) : new Hono<App>())
    .route("/", pageRoutes(page));
  return app.onError(answerError);
}

function apiOf(services: HttpServices): Hono<App> {
  return (
    new Hono<App>()
      // Pages of other sites can send forms, but no JSON and nothing with another method: browsers ask first, and are told no.
      .use(csrf({ origin: isOwn }))
      .use(except("/api/uploads", bodyLimit({ maxSize: MAX_JSON })))
      .use(fresh)
      .route("/", loginRoutes(services))
      .use(authenticated(services))
      .route("/", sessionRoutes(services))
      .route("/", fileRoutes(services))
      .route("/", messageRoutes(services))
      .route("/admin", adminRoutes(services))
      .all("*", () => {
        throw refused("not_found", "There is nothing here.");
      })
  );
}

/** Without the scheme: behind a proxy that ends TLS the page has another one than the request, but the same host. */
function isOwn(origin: string, c: Context): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(c.req.url).host;
}

/** The page's own files, its own server, and images that it has made itself: nothing else is loaded or run. */
const headers: MiddlewareHandler<App> = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    // Dialogs and menus (radix-ui) put a style element into the page while they keep it from scrolling.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:", "blob:"],
    // For browsers whose 'self' leaves out WebSockets.
    connectSrc: ["'self'", (c) => `${wsOf(c)}`],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: "DENY",
  referrerPolicy: "same-origin",
  // Whoever puts a proxy with TLS in front decides for how long.
  strictTransportSecurity: false,
  // A route's own headers stay.
  overwrite: false,
});

const wsOf = (c: Context): string => `ws://${new URL(c.req.url).host}`;

/** Answers are about one user and one moment, unless a route says otherwise. */
const fresh: MiddlewareHandler<App> = async (c, next) => {
  c.header("cache-control", "no-store");
  await next();
};

/** A refusal is thrown, but no error: hono passes it on to here. */
const answerRefusal: MiddlewareHandler<App> = async (c, next) => {
  try {
    return await next();
  } catch (thrown) {
    const refusal = refusalIn(thrown);
    if (refusal === undefined) throw thrown;
    return c.json(refusal, STATUS[refusal.reason]);
  }
};

const answerError: ErrorHandler<App> = (error, c) => {
  if (error instanceof HTTPException) {
    const reason: RefusalReason = error.status === 403 ? "forbidden" : "invalid";
    return c.json({ reason, message: REFUSED_BEFORE[error.status] ?? "The request is not understood." }, error.status);
  }
  console.error(error);
  return c.json({ reason: "unknown", message: "Something went wrong on the server." }, 500);
};

const REFUSED_BEFORE: Readonly<Record<number, string>> = {
  403: "The request comes from another site.",
  413: "That is too large.",
};
