/** The messages between inspectors. What another node sends is read here, and nowhere else. */
import type { TapFrame, TapTarget } from "../model.ts";
import type { QueryFor, Question, Report } from "../questions.ts";
import { fields, flag, list, number, oneOf, text } from "./check.ts";
import type { Check } from "./check.ts";
import { FRAME, QUERIES, REPORTS, TARGET } from "./shapes.ts";

/** Of this form of the messages. Others are ignored: their nodes are silent. */
const FORM = 1;
/** The topic of all messages. Nothing is subscribed to it: the dispatcher finds the inspector. */
export const TOPIC = "wingbeat:inspector";

const MAX_NAME = 255;
const MAX_ID = 32;
/** More than one batch of a tap has. */
const MAX_FRAMES = 1_000;

/** To all nodes: what do you know? `to`: only this one answers. */
export interface Ask<Q extends Question = Question> {
  readonly kind: "ask";
  readonly id: string;
  readonly from: string;
  readonly question: Q;
  readonly query: QueryFor<Q>;
}

export interface AnswerMail {
  readonly kind: "answer";
  readonly id: string;
  readonly from: string;
  readonly data: unknown;
}

/** To all nodes: somebody looks. */
export interface Watch {
  readonly kind: "watch";
  readonly from: string;
}

/** To all nodes: tell me of these messages, for some seconds. */
export interface TapMail {
  readonly kind: "tap";
  readonly id: string;
  readonly from: string;
  readonly target: TapTarget;
  readonly reveal: boolean;
}

export interface Untap {
  readonly kind: "untap";
  readonly id: string;
  readonly from: string;
}

export interface FramesMail {
  readonly kind: "frames";
  readonly id: string;
  readonly from: string;
  readonly frames: readonly TapFrame[];
  readonly dropped: number;
  /** What was tapped is not there any more. */
  readonly isGone: boolean;
}

/** To all nodes: this one ends. */
export interface Bye {
  readonly kind: "bye";
  readonly from: string;
}

export type Mail = Ask | AnswerMail | Watch | TapMail | Untap | FramesMail | Bye;

const name: Check = (value) => typeof value === "string" && value !== "" && value.length <= MAX_NAME;
const id: Check = (value) => typeof value === "string" && value !== "" && value.length <= MAX_ID;

const KINDS: Readonly<Record<Mail["kind"], Check>> = {
  ask: (mail) =>
    fields({ id, question: oneOf(...Object.keys(QUERIES)) })(mail) &&
    QUERIES[(mail as Ask).question]((mail as Ask).query),
  answer: fields({ id }),
  watch: fields({}),
  tap: fields({ id, target: TARGET, reveal: flag }),
  untap: fields({ id }),
  frames: fields({ id, frames: list(FRAME, MAX_FRAMES), dropped: number, isGone: flag }),
  bye: fields({}),
};

export const write = (mail: Mail): object => ({ form: FORM, ...mail });

/** Undefined for what is no message of another inspector. Throws only for what throws when it is looked at. */
export function read(value: unknown): Mail | undefined {
  if (!fields({ form: (form) => form === FORM, kind: text, from: name })(value)) return undefined;
  const { kind } = value as Mail;
  if (!Object.hasOwn(KINDS, kind) || !KINDS[kind](value)) return undefined;
  return value as Mail;
}

/** What a node has answered to a question; undefined for what is no answer to it. */
export function readReport<Q extends Question>(question: Q, { from, data }: AnswerMail): Report<Q> | undefined {
  return REPORTS[question](data) ? { node: from, data: data as Report<Q>["data"] } : undefined;
}

/** A report in so many characters of JSON fits every engine. */
export const MAX_REPORT = 200_000;

/** The report, with fewer rows if it would be too large. */
export function fitting<Data>(report: Data, most = MAX_REPORT): Data {
  let fit: unknown = report;
  for (let round = 0; round < 20 && JSON.stringify(fit).length > most; round++) fit = shorter(fit);
  return fit as Data;
}

function shorter(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, field]): [string, unknown] => {
    if (key === "isCut") return [key, true];
    return [key, Array.isArray(field) && field.length > 1 ? field.slice(0, Math.ceil(field.length * 0.75)) : field];
  });
  return Object.fromEntries(entries);
}
