/** Whether a request comes from this machine, and from nobody behind it. */
import { hostOf } from "../admission/info.ts";
import type { Sender } from "../admission/info.ts";
import type { Visit } from "../admission/visit.ts";

const ADDRESS = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/;
const NAME = /^(localhost|.+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;
/** What proxies add. */
const OF_PROXIES =
  /^(forwarded|via|x-forwarded.*|x-real-ip|x-request-start|x-original-.*|x-envoy-.*|x-amzn-.*|cf-.*|fly-.*|.*client-ip)$/;

export const isLocalName = (host: string): boolean => NAME.test(host.toLowerCase());

/**
 * The peer is this machine, the page was opened under a name of this machine (a name that somebody else has in the DNS
 * may lead here, too), and no proxy stands in between: the proxy of a server is on its machine as well.
 */
export function isLocal(visit: Visit, sender: Pick<Sender, "address" | "host">): boolean {
  return ADDRESS.test(sender.address) && isLocalName(hostOf(sender.host).name) && !isForwarded(visit);
}

/** A proxy that adds no header still shows: nginx speaks HTTP/1.0, or says `Connection: upgrade` where there is none. */
function isForwarded({ headers, native }: Visit): boolean {
  if (Object.keys(headers).some((name) => OF_PROXIES.test(name))) return true;
  if ((native as { readonly httpVersion?: unknown } | null | undefined)?.httpVersion === "1.0") return true;
  return /\bupgrade\b/i.test(headers["connection"] ?? "") && !headers["upgrade"];
}
