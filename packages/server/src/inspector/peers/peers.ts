/** Asks the other nodes, and knows which ones there are: those that have answered in the last half minute. */
import { randomBytes } from "node:crypto";
import type { PubSub } from "../../pubsub.ts";
import { INSPECTOR } from "../../pubsub/inspector-mail.ts";
import type { InspectorMail } from "../../pubsub/inspector-mail.ts";
import type { QueryFor, Question, Report } from "../questions.ts";
import { read, readReport, TOPIC, write } from "./mail.ts";
import type { AnswerMail, Mail } from "./mail.ts";

/** So many other nodes are known at a time: their names come from outside. */
export const MAX_NODES = 1_000;
/** Milliseconds after which a node that says nothing is not known any more. */
const FORGET = 30_000;
/** After a silence, nobody knows which nodes there are: the first question waits so many ms for all of them. */
const DISCOVERY = 400;
const SILENCE = 20_000;
/** So many questions may be open. */
const MAX_OPEN = 500;

/** What the other nodes say. */
export interface Said<Q extends Question> {
  readonly reports: readonly Report<Q>[];
  readonly silent: readonly string[];
}

interface Open {
  answered(mail: AnswerMail): void;
  /** The node ends, or is not there. */
  left(): void;
}

export class Peers {
  readonly #pubsub: PubSub;
  readonly #mail: InspectorMail;
  readonly #deadline: number;
  /** When each node was heard last. */
  readonly #heard = new Map<string, number>();
  readonly #open = new Map<string, Open>();
  #saidAt = -Infinity;
  #knownFrom = 0;

  /** `receive` gets what is no answer. It must not throw. */
  constructor(pubsub: PubSub, mail: InspectorMail, deadline: number, receive: (mail: Mail) => void) {
    this.#pubsub = pubsub;
    this.#mail = mail;
    this.#deadline = deadline;
    mail.receive = (message) => this.#receive(message, receive);
  }

  get isAlone(): boolean {
    return this.#pubsub.status().adapter === "local";
  }

  /** The other nodes that were heard in the last half minute. */
  known(): readonly string[] {
    const since = performance.now() - FORGET;
    for (const [node, at] of this.#heard) if (at < since) this.#heard.delete(node);
    return [...this.#heard.keys()];
  }

  stop(): void {
    this.tell({ kind: "bye", from: this.#pubsub.nodeName });
    this.#mail.receive = undefined;
    for (const open of [...this.#open.values()]) open.left();
  }

  /** To all other nodes. */
  tell(mail: Mail): void {
    this.#try(() => {
      if (this.isAlone) return;
      const now = performance.now();
      if (now - this.#saidAt > SILENCE) this.#knownFrom = now + DISCOVERY;
      this.#saidAt = now;
      this.#pubsub.broadcast(TOPIC, write(mail), INSPECTOR);
    });
  }

  tellOne(node: string, mail: Mail): void {
    this.#try(() => this.#pubsub.directBroadcast(node, TOPIC, write(mail), INSPECTOR));
  }

  /** Asks all others, or one. Never rejects. `also`: nodes that are known from elsewhere. */
  ask<Q extends Question>(
    question: Q,
    query: QueryFor<Q>,
    to?: string,
    also: readonly string[] = [],
  ): Promise<Said<Q>> {
    const others = (): readonly string[] => (to === undefined ? [...new Set([...this.known(), ...also])] : [to]);
    if (this.isAlone) return Promise.resolve({ reports: [], silent: [] });
    const isDown = this.#pubsub.status().state === "down";
    if (isDown || this.#open.size >= MAX_OPEN) {
      return Promise.resolve({ reports: [], silent: others().filter((node) => node !== this.#pubsub.nodeName) });
    }
    const id = randomBytes(9).toString("base64url");
    const { nodeName } = this.#pubsub;
    const mail = { kind: "ask", id, from: nodeName, question, query } as Mail;
    return new Promise((resolve) => {
      const reports = new Map<string, Report<Q>>();
      const answered = new Set<string>();
      const silent = (): readonly string[] => others().filter((node) => node !== nodeName && !reports.has(node));
      const end = (): void => {
        clearTimeout(deadline);
        clearTimeout(discovery);
        this.#open.delete(id);
        resolve({ reports: [...reports.values()], silent: silent() });
      };
      let isDiscovering = true;
      const check = (): void => {
        if (!this.#open.has(id)) return;
        if (isDiscovering) return;
        // Nodes without an inspector are known from elsewhere: nobody waits for them.
        if ((to === undefined ? this.known() : [to]).every((node) => answered.has(node))) end();
      };
      this.#open.set(id, {
        answered: (answer) => {
          answered.add(answer.from);
          const report = readReport(question, answer);
          if (report !== undefined && reports.size < MAX_NODES) reports.set(answer.from, report);
          check();
        },
        left: check,
      });
      if (to === undefined) this.tell(mail);
      else this.tellOne(to, mail);
      const deadline = setTimeout(end, this.#deadline).unref();
      const wait = to === undefined ? Math.max(0, this.#knownFrom - performance.now()) : 0;
      const discovery = setTimeout(() => {
        isDiscovering = false;
        check();
      }, wait).unref();
      if (wait === 0) isDiscovering = false;
    });
  }

  #receive(message: unknown, receive: (mail: Mail) => void): void {
    try {
      const mail = read(message);
      if (mail === undefined || mail.from === this.#pubsub.nodeName) return;
      if (mail.kind === "bye") return this.#left(mail.from);
      this.#hear(mail.from);
      if (mail.kind === "answer") this.#open.get(mail.id)?.answered(mail);
      else receive(mail);
    } catch {
      // What cannot be read is no message of an inspector.
    }
  }

  #hear(node: string): void {
    if (this.#heard.has(node) || this.#heard.size < MAX_NODES) this.#heard.set(node, performance.now());
  }

  #left(node: string): void {
    this.#heard.delete(node);
    for (const open of [...this.#open.values()]) open.left();
  }

  /** The engine may refuse: then nobody answers. */
  #try(send: () => void): void {
    try {
      send();
    } catch {
      // The engine reports it.
    }
  }
}
