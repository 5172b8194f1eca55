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
   * snapshot. Required with `NODE_ENV=production`; without it, programs of this machine may do everything.
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
  if (!/^(\/[\w.~-]+)+$/.test(config.path)) {
    throw option(`path is ${JSON.stringify(config.path)}: it must begin with "/", and end without one: "/inspector".`);
  }
  if (config.authorize === undefined) checkIsDevelopment(config.endpoint);
  else if (typeof config.authorize !== "function") throw option("authorize must be a function.");
  readRefused(config.refused);
  return config;
}

function readRefused(answer: HttpAnswer): void {
  try {
    if (readAnswer(answer).status >= 300) return;
  } catch (error) {
    throw option(`refused is not an answer: ${(error as Error).message}`);
  }
  throw option(`refused has status ${answer.status}: it must be above 299, as 302, 401 or 403.`);
}

/** Without `authorize`, only this machine gets in: a server that others use must say who may. */
function checkIsDevelopment({ options: { host, trustProxy = false } }: Endpoint): void {
  const needed =
    "authorize is missing: pass a function that decides who may look, or mount the inspector only in development";
  // oxlint-disable-next-line node/no-process-env -- the one place where a server differs in development
  if (process.env["NODE_ENV"] === "production") throw option(`${needed} (NODE_ENV is "production").`);
  if (trustProxy !== false && trustProxy !== 0) throw option(`${needed} (the endpoint has trustProxy).`);
  if (host !== undefined && !isLocalName(host))
    throw option(`${needed} (the endpoint's host is ${JSON.stringify(host)}).`);
}
