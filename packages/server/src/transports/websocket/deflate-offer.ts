/** `Sec-WebSocket-Extensions`, as far as permessage-deflate is concerned (RFC 6455, section 9.1; RFC 7692, section 7). */

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const PARAMETER = new RegExp(`^(${TOKEN})(?:[ \\t]*=[ \\t]*(?:(${TOKEN})|"(${TOKEN})"))?$`);
const NAME = new RegExp(`^${TOKEN}$`);
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

/** The allowed values of each parameter. `undefined`: the parameter without a value. */
const PARAMETERS: Readonly<Record<string, (value: string | undefined) => boolean>> = {
  server_no_context_takeover: (value) => value === undefined,
  client_no_context_takeover: (value) => value === undefined,
  server_max_window_bits: (value) => value !== undefined && WINDOW_BITS.test(value),
  client_max_window_bits: (value) => value === undefined || WINDOW_BITS.test(value),
};

/**
 * The first acceptable offer of permessage-deflate; others are declined, as RFC 7692 requires, and the connection is
 * not compressed. Undefined when the header is malformed: then the handshake must fail.
 */
export function readDeflateOffer(header: string | undefined): { readonly deflate: string | undefined } | undefined {
  let deflate: string | undefined = undefined;
  for (const extension of header === undefined ? [] : header.split(",")) {
    const [name = "", ...rest] = extension.split(";").map((part) => part.trim());
    // A list may have empty elements (RFC 9110, section 5.6.1).
    if (name === "" && rest.length === 0) continue;
    const parameters = rest.map((parameter) => PARAMETER.exec(parameter));
    if (!NAME.test(name) || parameters.includes(null)) return undefined;
    if (name === "permessage-deflate") deflate ??= acceptable(parameters as RegExpExecArray[]);
  }
  return { deflate };
}

function acceptable(parameters: readonly RegExpExecArray[]): string | undefined {
  const seen = new Map<string, string | undefined>();
  for (const [, name = "", token, quoted] of parameters) {
    const value = token ?? quoted;
    if (seen.has(name) || !Object.hasOwn(PARAMETERS, name) || PARAMETERS[name]?.(value) !== true) return undefined;
    seen.set(name, value);
  }
  const texts = [...seen].map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
  return ["permessage-deflate", ...texts].join("; ");
}
