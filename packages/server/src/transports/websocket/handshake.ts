/**
 * The headers of a WebSocket handshake (RFC 6455, section 4.2.1). `ws` parses them as well, but only once the client is
 * admitted: it gets what was parsed here, so it finds no error that this file did not find before.
 */
import type { Visit } from "../../admission/visit.ts";
import { readDeflateOffer } from "./deflate-offer.ts";

export interface Handshake {
  readonly key: string;
  /** The accepted offer of permessage-deflate, if any. */
  readonly deflate: string | undefined;
}

/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Parses a GET request. Returns a string that says what is wrong when it cannot become a WebSocket. */
export function readHandshake({ headers, native }: Visit, compress: boolean): Handshake | string {
  if ((native as { readonly httpVersion?: string } | undefined)?.httpVersion === "1.0")
    return "a WebSocket request needs HTTP/1.1";
  if (headers.host === undefined) return missing("host");
  if (!/\bupgrade\b/i.test(headers.connection ?? "")) return missing("connection: upgrade");
  if (headers.upgrade?.toLowerCase() !== "websocket") return missing("upgrade: websocket");
  if (headers["sec-websocket-version"] !== "13") return missing("sec-websocket-version: 13");
  const key = headers["sec-websocket-key"];
  if (key === undefined) return missing("sec-websocket-key");
  if (!KEY.test(key)) return 'the header "sec-websocket-key" must be 16 bytes in base64';
  // A body would be read as frames.
  if (headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0") {
    return "a WebSocket request must not have a body";
  }
  const offer = compress ? readDeflateOffer(headers["sec-websocket-extensions"]) : { deflate: undefined };
  if (offer === undefined) return 'the header "sec-websocket-extensions" cannot be read';
  return { key, deflate: offer.deflate };
}

const missing = (header: string): string => `a WebSocket request needs the header "${header}"`;
