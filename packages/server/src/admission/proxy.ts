/**
 * The sender of a request that came through proxies. Proxies report it in `X-Forwarded-For`, `-Proto` and `-Host`, but
 * anybody can send these headers: they are trusted only as far as `trustProxy` says.
 */
import { BlockList, isIP, isIPv4 } from "node:net";
import { WingbeatError } from "../errors.ts";
import type { Sender } from "./info.ts";
import { parseTarget } from "./target.ts";
import type { Visit } from "./visit.ts";

/**
 * - `false` (default): the headers are ignored; the sender is the peer of the TCP connection.
 * - a number: how many proxies are in front of the server; each appends one entry.
 * - a list of addresses and networks (`"10.0.0.0/8"`, `"::1"`): the trusted proxies; the sender is the last address
 *   that is not one of them.
 * - `true`: trust everybody; the first entry is the sender. Safe only when the proxy overwrites the headers.
 */
export type TrustProxy = boolean | number | readonly string[];

/** Determines the sender of a request. */
export type FindSender = (visit: Visit) => Sender;

/** Whether the address at this distance (0: the TCP connection) is a trusted proxy. */
type IsTrusted = (address: string, distance: number) => boolean;

/** Throws `WB_OPTION` for anything but an address, a network or a number of proxies. */
export function senderFinder(option: TrustProxy): FindSender {
  if (option === false || option === 0) return connectionOf;
  const isTrusted = trustOf(option);
  return (visit) => {
    const near = connectionOf(visit);
    return isTrusted(near.address, 0) ? through(visit, near, isTrusted) : near;
  };
}

function trustOf(option: Exclude<TrustProxy, false>): IsTrusted {
  if (option === true) return () => true;
  if (typeof option === "number") {
    if (Number.isInteger(option) && option > 0) return (_address, distance) => distance < option;
    throw new WingbeatError(
      "WB_OPTION",
      `createEndpoint: trustProxy is ${option}: it must be a whole number of proxies.`,
    );
  }
  if (!Array.isArray(option)) {
    throw new WingbeatError(
      "WB_OPTION",
      `createEndpoint: trustProxy is ${typeof option}: it must be true, false, a number or a list of addresses.`,
    );
  }
  const proxies = new BlockList();
  for (const entry of option) addTo(proxies, entry);
  return (address) => proxies.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

function addTo(proxies: BlockList, entry: string): void {
  const [address = "", bits] = String(entry).split("/");
  const version = isIP(address);
  const size = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? size : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (version === 0 || !(prefix <= size)) {
    throw new WingbeatError(
      "WB_OPTION",
      `createEndpoint: trustProxy has "${entry}": it must be an address ("10.0.0.7") or a network ("10.0.0.0/8").`,
    );
  }
  proxies.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
}

/** The peer of the TCP connection. Its address is not read before somebody asks: that takes a system call, and memory. */
class DirectSender implements Sender {
  readonly scheme: Sender["scheme"];
  readonly #visit: Visit;
  #address: string | undefined = undefined;
  #port: number | undefined = undefined;

  constructor(visit: Visit) {
    this.#visit = visit;
    this.scheme = visit.peer.encrypted ? "https" : "http";
  }

  get address(): string {
    return (this.#address ??= plain(this.#visit.peer.address));
  }

  get port(): number {
    return (this.#port ??= this.#visit.peer.port);
  }

  get host(): string {
    const { headers, url } = this.#visit;
    return parseTarget(url)?.host ?? headers["host"] ?? "";
  }
}

const connectionOf = (visit: Visit): Sender => new DirectSender(visit);

/** Walks back from proxy to proxy, to the first address that is not trusted or cannot be parsed. */
function through({ headers }: Visit, near: Sender, isTrusted: IsTrusted): Sender {
  const forwarded = entriesOf(headers["x-forwarded-for"]);
  let { address, port } = near;
  let distance = 0;
  while (distance < forwarded.length && isTrusted(address, distance)) {
    const entry = parseEntry(forwarded[forwarded.length - 1 - distance] as string);
    if (entry === undefined) break;
    ({ address, port } = entry);
    distance++;
  }
  const scheme = said(headers["x-forwarded-proto"], distance)?.toLowerCase();
  return {
    address,
    port,
    scheme: scheme === "https" || scheme === "wss" ? "https" : scheme === undefined ? near.scheme : "http",
    host: said(headers["x-forwarded-host"], distance) ?? near.host,
  };
}

/** What the farthest trusted proxy reported: earlier entries are up to the client. */
function said(header: string | undefined, distance: number): string | undefined {
  const entries = entriesOf(header);
  return entries[Math.max(0, entries.length - Math.max(1, distance))];
}

function entriesOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** Reads `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` and `[2001:db8::1]:4711`. */
function parseEntry(entry: string): Pick<Sender, "address" | "port"> | undefined {
  const match = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::(\d{1,5}))?$/.exec(entry);
  const address = plain(match?.[1] ?? match?.[2] ?? entry);
  return isIP(address) === 0 ? undefined : { address, port: Number(match?.[3] ?? 0) };
}

/** Servers that listen on IPv6 see IPv4 clients as `::ffff:192.0.2.1`. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");
