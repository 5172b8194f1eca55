/** Messages between the history stores of workers and the primary that keeps the logs. */
import type { Appended, Batch, Body, HistoryRule, Range, Slice, Stored } from "../../history/store.ts";
import type { Head, Mark } from "../../history/position.ts";
import type { Claim, Claimed, Line, Settlement } from "../../pushes/store.ts";
import { isName, isObject } from "./message.ts";

/** What a store asks of the primary. */
export type Asked =
  | { readonly ask: "join" | "leave" }
  | { readonly ask: "append"; readonly batch: Batch }
  | { readonly ask: "read"; readonly topic: string; readonly rule: HistoryRule; readonly range: Range }
  | { readonly ask: "heads"; readonly topics: readonly string[] }
  | { readonly ask: "clear"; readonly topic: string }
  | { readonly ask: "open pushes"; readonly record: string; readonly next: number; readonly window: number }
  | { readonly ask: "claim push"; readonly record: string; readonly claim: Claim }
  | { readonly ask: "settle push"; readonly record: string; readonly settlement: Settlement };

/** With a number, which its answer has too. */
export type Call = Asked & { readonly n: number };

/** From a worker: what one of its stores asks, in order. */
export interface Calls {
  readonly wingbeat: "history.calls";
  readonly namespace: string;
  /** Names the store: a worker can have several. */
  readonly store: string;
  /** Bytes that the logs of the namespace may take. The first store decides. */
  readonly maxBytes: number;
  readonly calls: readonly Call[];
}

/** By what was asked. */
export interface Answers {
  readonly join: true;
  readonly leave: true;
  readonly append: Appended | "unknown";
  readonly read: Slice;
  readonly heads: readonly (Head | undefined)[];
  readonly clear: true;
  readonly "open pushes": Line;
  readonly "claim push": Claimed;
  readonly "settle push": boolean;
}

export interface Answer {
  readonly n: number;
  readonly answer?: Answers[keyof Answers];
  /** Why nothing was done. */
  readonly refusal?: string;
  /** It was done, and the answer dropped: the worker had too much to take in. */
  readonly isLost?: true;
}

/** From the primary. What happened first comes first: entries, then what was removed, then answers. */
export interface News {
  readonly wingbeat: "history.news";
  readonly namespace: string;
  readonly entries: readonly Stored[];
  /** Topics whose logs were removed. */
  readonly cleared: readonly string[];
  /** Something was left out before: all logs must be looked at. */
  readonly isIncomplete: boolean;
  /** For the store of this name. */
  readonly store: string;
  readonly answers: readonly Answer[];
}

const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** Of a push: from 1. */
const isNumber = (value: unknown): value is number => isCount(value) && value > 0;
const isAmount = (value: unknown): value is number => typeof value === "number" && value > 0;
const isBody = (value: unknown): value is Body => isText(value) || value instanceof Uint8Array;

export const isCalls = (message: unknown): message is Calls =>
  isObject(message) &&
  message["wingbeat"] === "history.calls" &&
  isName(message["namespace"]) &&
  isName(message["store"]) &&
  isCount(message["maxBytes"]) &&
  message["maxBytes"] > 0 &&
  Array.isArray(message["calls"]);

/** Whether a call can be answered, whatever it asks. */
export const hasNumber = (call: unknown): call is { readonly n: number } => isObject(call) && isCount(call["n"]);

export function isCall(call: unknown): call is Call {
  if (!isObject(call) || !isCount(call["n"])) return false;
  switch (call["ask"]) {
    case "join":
    case "leave":
      return true;
    case "append":
      return isBatch(call["batch"]);
    case "read":
      return isText(call["topic"]) && isRule(call["rule"]) && isRange(call["range"]);
    case "heads":
      return Array.isArray(call["topics"]) && call["topics"].every(isText);
    case "clear":
      return isText(call["topic"]);
    case "open pushes":
      return isText(call["record"]) && isNumber(call["next"]) && isAmount(call["window"]);
    case "claim push":
      return isText(call["record"]) && isClaim(call["claim"]);
    case "settle push":
      return isText(call["record"]) && isSettlement(call["settlement"]);
    default:
      return false;
  }
}

export const isNews = (message: unknown): message is News =>
  isObject(message) &&
  message["wingbeat"] === "history.news" &&
  isName(message["namespace"]) &&
  Array.isArray(message["entries"]) &&
  message["entries"].every(isStored) &&
  Array.isArray(message["cleared"]) &&
  message["cleared"].every(isText) &&
  isText(message["store"]) &&
  Array.isArray(message["answers"]) &&
  message["answers"].every(hasNumber);

const isRule = (value: unknown): value is HistoryRule =>
  isObject(value) && isAmount(value["size"]) && isAmount(value["ttl"]) && isAmount(value["maxBytes"]);

const isRange = (value: unknown): value is Range =>
  isObject(value) && (value["after"] === undefined || isCount(value["after"])) && isCount(value["limit"]);

const isMark = (value: unknown): value is Mark =>
  isObject(value) && isText(value["lineage"]) && isText(value["tag"]) && isCount(value["offset"]);

const isBatch = (value: unknown): value is Batch =>
  isObject(value) &&
  isText(value["topic"]) &&
  isRule(value["rule"]) &&
  isText(value["producer"]) &&
  (value["known"] === undefined || isMark(value["known"])) &&
  typeof value["isRepeat"] === "boolean" &&
  Array.isArray(value["entries"]) &&
  value["entries"].length > 0 &&
  value["entries"].every(isEntry);

const isEntry = (value: unknown): boolean =>
  isObject(value) &&
  isText(value["event"]) &&
  isBody(value["body"]) &&
  isText(value["from"]) &&
  isCount(value["seq"]) &&
  (value["id"] === undefined || isText(value["id"]));

const isClaim = (value: unknown): value is Claim =>
  isObject(value) &&
  isNumber(value["n"]) &&
  isText(value["epoch"]) &&
  isCount(value["acked"]) &&
  isText(value["token"]) &&
  (value["over"] === undefined || (isObject(value["over"]) && isText(value["over"]["token"]))) &&
  isCount(value["attempt"]) &&
  isAmount(value["window"]);

const isSettlement = (value: unknown): value is Settlement =>
  isObject(value) &&
  isNumber(value["n"]) &&
  isText(value["token"]) &&
  (value["reply"] === undefined || isText(value["reply"])) &&
  isAmount(value["window"]);

const isStored = (value: unknown): value is Stored =>
  isObject(value) &&
  isText(value["topic"]) &&
  isText(value["lineage"]) &&
  isText(value["tag"]) &&
  isCount(value["offset"]) &&
  isCount(value["at"]) &&
  isText(value["event"]) &&
  isBody(value["body"]) &&
  isText(value["from"]) &&
  isText(value["producer"]) &&
  isCount(value["seq"]);
