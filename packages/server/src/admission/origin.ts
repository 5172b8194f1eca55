/**
 * Which web pages may connect. Browsers send `Origin`; a request without it does not come from a page and is allowed.
 * Without this check, any page that a user visits could open a connection with the user's cookies.
 */
import { WingbeatError } from "../errors.ts";
import { hostOf } from "./info.ts";
import type { Sender } from "./info.ts";
import type { Visit } from "./visit.ts";

/**
 * - `true` (default): the origin's host must equal the host of the request, or the endpoint's `host` when set.
 * - `"conn"`: scheme, host and port must match those of the request.
 * - a list: `"https://example.com"`, `"//example.com"` (any scheme and port), `"//*.example.com"` (with subdomains).
 * - a function: decides itself, sync or async; it also sees origins without a host (`null`, `file://`). Only `true`
 *   allows the page; any other value than true or false is reported as an error.
 * - `false`: every page may connect.
 */
export type CheckOrigin =
  | boolean
  | "conn"
  | readonly string[]
  | ((origin: string, visit: Visit) => boolean | PromiseLike<boolean>);

/** Checks one request. The result may come from the application: only `true` allows it. */
export type OriginCheck = (visit: Visit, sender: Sender) => boolean | PromiseLike<boolean>;

/** Creates the check for an option. Throws `WB_OPTION` for a list entry without a host. */
export function originCheck(option: CheckOrigin, endpointHost: string | undefined): OriginCheck {
  if (option === false) return () => true;
  if (typeof option === "function") return withOrigin((origin, visit) => option(origin, visit));
  if (option === true) {
    return withUrl((url, sender) => url.host === (endpointHost ?? hostOf(sender.host).name));
  }
  if (option === "conn") return withUrl(isSameAsConnection);
  if (!Array.isArray(option)) {
    throw new WingbeatError(
      "WB_OPTION",
      `checkOrigin is ${typeof option}: it must be true, false, "conn", a list of origins or a function.`,
    );
  }
  const allowed = (option as readonly string[]).map(parseEntry);
  return withUrl((url) => allowed.some((entry) => matches(entry, url)));
}

interface Origin {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };
const ORIGIN = /^(?:([a-z][a-z0-9+.-]*):)?\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?(?:[/?#].*)?$/i;

/** Reads `scheme://host:port`; a scheme implies its port. Undefined without a host. */
function parseOrigin(text: string): Origin | undefined {
  const match = ORIGIN.exec(String(text));
  if (match === null) return undefined;
  const scheme = match[1]?.toLowerCase();
  const port = match[3] === undefined ? (scheme === undefined ? undefined : DEFAULT_PORTS[scheme]) : Number(match[3]);
  return { scheme, host: (match[2] as string).toLowerCase(), port };
}

function parseEntry(text: string): Origin {
  const entry = parseOrigin(text);
  if (entry !== undefined) return entry;
  throw new WingbeatError(
    "WB_OPTION",
    `checkOrigin has "${text}", which has no host: write "https://example.com" or "//example.com".`,
  );
}

function withOrigin(
  check: (origin: string, visit: Visit, sender: Sender) => boolean | PromiseLike<boolean>,
): OriginCheck {
  return (visit, sender) => {
    const { origin } = visit.headers;
    return origin === undefined || check(origin, visit, sender);
  };
}

function withUrl(check: (url: Origin, sender: Sender) => boolean): OriginCheck {
  return withOrigin((origin, _visit, sender) => {
    const url = parseOrigin(origin);
    return url !== undefined && check(url, sender);
  });
}

function isSameAsConnection(url: Origin, sender: Sender): boolean {
  const { scheme } = sender;
  const host = hostOf(sender.host);
  return url.scheme === scheme && url.host === host.name && url.port === (host.port ?? DEFAULT_PORTS[scheme]);
}

function matches(entry: Origin, url: Origin): boolean {
  if (entry.scheme !== undefined && entry.scheme !== url.scheme) return false;
  if (entry.port !== undefined && entry.port !== url.port) return false;
  if (!entry.host.startsWith("*.")) return entry.host === url.host;
  const parent = entry.host.slice(2);
  return url.host === parent || url.host.endsWith(`.${parent}`);
}
