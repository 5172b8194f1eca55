/** Options of the inspector, read once. */
import { readAnswer } from "../admission/answer.ts";
import type { HttpAnswer } from "../admission/answer.ts";
import type { Endpoint } from "../endpoint.ts";
import { WingbeatError } from "../errors.ts";
import { checkCount, checkDuration, checkKeys, withDefaults } from "../options.ts";
import { isLocalName } from "./loopback.ts";
import type { Authorize } from "./authorization.ts";
import { INSPECTOR_LIMITS } from "./inspect.ts";
import type { InspectOptions } from "./inspect.ts";

/** What {@link inspector} takes. */
export interface InspectorOptions extends InspectOptions {
  /** The endpoint to look at, which also serves the inspector. */
  readonly endpoint: Endpoint;
  /** Where it is served. Default `/inspector`. */
  readonly path?: string;
  /**
   * Decides who may look: asked for the page, for each ticket of its connection, again every two minutes, and for each
   * snapshot. Without it, programs of this machine may do everything: it is required unless `NODE_ENV` is unset,
   * `development` or `test`.
   */
  readonly authorize?: Authorize;
  /**
   * What somebody gets who asks for the page and may not see it: `{ status: 302, headers: { location: "/login" } }`, or
   * a 401 that makes the browser ask for a password. Everything else is answered with an empty 403. Default the same.
   */
  readonly refused?: HttpAnswer;
  /** How many connections of its page there may be; beyond it 503. Default 20. */
  readonly maxViewers?: number;
  /**
   * How often an IPv4 address, or a /64 of IPv6, may fail to get in within a minute; beyond it 429, and `authorize` is not
   * asked. Default 20.
   */
  readonly failuresPerMinute?: number;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const DOOR_LIMITS = { maxViewers: 20, failuresPerMinute: 20 } as const;

const LIMITS = { ...INSPECTOR_LIMITS, ...DOOR_LIMITS };
const KEYS = ["endpoint", "path", "authorize", "refused", ...Object.keys(LIMITS)];

export type InspectorConfig = Required<Omit<InspectorOptions, "authorize">> & Pick<InspectorOptions, "authorize">;

const option = (message: string): WingbeatError => new WingbeatError("WB_OPTION", `inspector: ${message}`);

/** Throws `WB_OPTION`. */
export function readOptions(options: InspectorOptions): InspectorConfig {
  checkKeys("inspector", options, KEYS);
  checkDuration("inspector: deadline", options.deadline);
  checkCount("inspector: maxViewers", options.maxViewers);
  checkCount("inspector: failuresPerMinute", options.failuresPerMinute);
  const defaults = { path: "/inspector", refused: { status: 403 }, ...LIMITS };
  const config = withDefaults(defaults, options);
  if (typeof (config.endpoint as Partial<Endpoint> | undefined)?.serve !== "function") {
    throw option("endpoint must be what createEndpoint has returned.");
  }
  checkPath(config.path, config.endpoint);
  if (config.authorize === undefined) checkIsDevelopment(config.endpoint);
  else if (typeof config.authorize !== "function") throw option("authorize must be a function.");
  readRefused(config.refused);
  return config;
}

/** Something under each kind of path that the inspector answers. */
const ROUTES = ["", "/", "/page.js", "/page.css", "/ticket", "/snapshot/overview", "/socket/websocket"];

function checkPath(path: string, endpoint: Endpoint): void {
  // Browsers and proxies take "." and ".." out of a path.
  if (!/^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/.test(path)) {
    throw option(`path is ${JSON.stringify(path)}: it must begin with "/", and end without one: "/inspector".`);
  }
  const taken = ROUTES.map((route) => path + route).find((route) => endpoint.find(route) !== undefined);
  if (taken !== undefined) throw option(`path is ${JSON.stringify(path)}, but the endpoint serves ${taken} already.`);
}

function readRefused(answer: HttpAnswer): void {
  try {
    if (readAnswer(answer).status >= 300) return;
  } catch (error) {
    throw option(`refused is not an answer: ${(error as Error).message}`);
  }
  throw option(`refused has status ${answer.status}: it must be above 299, as 302, 401 or 403.`);
}

/** Values of `NODE_ENV`. All others may be those of servers: `prod`, `Production`, `staging`. */
const DEVELOPMENT: readonly string[] = ["", "development", "test"];

/** Without `authorize`, only this machine gets in: a server that others use must say who may. */
function checkIsDevelopment({ options: { host, trustProxy = false } }: Endpoint): void {
  const needed =
    "authorize is missing: pass a function that decides who may look, or mount the inspector only in development";
  // oxlint-disable-next-line node/no-process-env -- the one place where a server differs in development
  const environment = process.env["NODE_ENV"] ?? "";
  if (!DEVELOPMENT.includes(environment)) throw option(`${needed} (NODE_ENV is ${JSON.stringify(environment)}).`);
  if (trustProxy !== false && trustProxy !== 0) throw option(`${needed} (the endpoint has trustProxy).`);
  if (host !== undefined && !isLocalName(host))
    throw option(`${needed} (the endpoint's host is ${JSON.stringify(host)}).`);
}
