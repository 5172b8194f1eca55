/**
 * The contract of an application's sockets, for programs in any language: which topics there are, what clients send, what
 * they are answered and what they are sent. It is an AsyncAPI 3 document.
 */
import { collect } from "./contract/collect.ts";
import type { SocketLike } from "./contract/collect.ts";
import type { ToJsonSchema } from "./contract/convert.ts";
import { documentOf } from "./contract/document.ts";
import type { AsyncApiDocument } from "./contract/document.ts";
import type { OpenPart } from "./contract/model.ts";
import { WingbeatError } from "./errors.ts";
import { checkKeys } from "./options.ts";

export { diffContracts } from "./contract/diff.ts";
export type { DiffOptions } from "./contract/diff.ts";
export type { ContractDiff } from "./contract/diff/result.ts";
export type { Finding, Level, Part, Verdict } from "./contract/diff/finding.ts";
export { formatDiff } from "./contract/diff/format.ts";
export type { Format } from "./contract/diff/format.ts";
export type { Waived, Waiver } from "./contract/diff/waivers.ts";
export type { ToJsonSchema } from "./contract/convert.ts";
export { textOf } from "./contract/document.ts";
export { markdownOf } from "./contract/markdown.ts";
export { LANGUAGES, modelsOf } from "./contract/models.ts";
export type { Language } from "./contract/models.ts";
export { describeOpen } from "./contract/open-parts.ts";
export type { SocketLike } from "./contract/collect.ts";
export type { AsyncApiDocument } from "./contract/document.ts";
export type { JsonSchema } from "./contract/json-schema.ts";
export type { OpenPart } from "./contract/model.ts";

/** Options of {@link contractOf}. All have defaults. */
export interface ContractOptions {
  /** The name of the application. Default `Wingbeat application`. */
  readonly title?: string;
  /** The application's version, as in its package.json. Default `0.0.0`. */
  readonly version?: string;
  /** Where the server is, for readers of the document. Default `ws://localhost:4000`. */
  readonly url?: string;
  /** The version of AsyncAPI. Default `3.1`. */
  readonly asyncapi?: "3.0" | "3.1";
  /** Leaves a schema open that has no JSON Schema, instead of throwing. Default false. */
  readonly allowUnknown?: boolean;
  /** For libraries whose schemas have no JSON Schema of their own: valibot. Default none. */
  readonly toJsonSchema?: ToJsonSchema;
}

/** What {@link contractOf} returns. */
export interface ContractResult {
  /** JSON with sorted keys and without times: the same definitions give the same document. */
  readonly document: AsyncApiDocument;
  /** What the document does not say, because the definitions do not say it at run time. */
  readonly open: readonly OpenPart[];
}

/**
 * The contract of sockets by path, as `createEndpoint` takes them. Throws `WB_CONTRACT` for a schema that has no JSON
 * Schema, with channel, event and path, and `WB_OPTION`.
 *
 * @example
 * const { document, open } = contractOf({ "/socket": userSocket }, { title: "Chat", version: "1.2.0" });
 */
export function contractOf(
  sockets: Readonly<Record<string, SocketLike>>,
  options: ContractOptions = {},
): ContractResult {
  checkKeys("contractOf", options, ["title", "version", "url", "asyncapi", "allowUnknown", "toJsonSchema"]);
  const { title = "Wingbeat application", version = "0.0.0", asyncapi = "3.1", allowUnknown = false } = options;
  if (asyncapi !== "3.0" && asyncapi !== "3.1") {
    throw new WingbeatError("WB_OPTION", `contractOf: asyncapi is ${String(asyncapi)}: it must be "3.0" or "3.1".`);
  }
  const url = readUrl(options.url ?? "ws://localhost:4000");
  const { toJsonSchema } = options;
  const { contract, open } = collect(sockets, { title, version, allowUnknown, toJsonSchema });
  return { document: documentOf(contract, { asyncapi: `${asyncapi}.0`, url }), open };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^(wss?|https?):$/.test(url.protocol)) return url;
  throw new WingbeatError("WB_OPTION", `contractOf: url is "${text}": it must be like wss://chat.example.com.`);
}
