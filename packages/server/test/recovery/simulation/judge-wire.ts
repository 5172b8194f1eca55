/** What was on one connection: I-7, I-11, and that positions of a join only grow. */
import type { OnWire, Violation, Wire } from "./story.ts";

interface Join {
  readonly joinRef: unknown;
  readonly isAware: boolean;
  isAccepted: boolean;
  offset: number;
}

export function judgeWire({ name, messages }: Wire): Violation[] {
  const watch = new WireJudge(name);
  for (const message of messages) watch.see(message);
  return watch.violations;
}

class WireJudge {
  readonly violations: Violation[] = [];
  readonly #name: string;
  /** The joins that were sent, by topic and ref. */
  readonly #asked = new Map<string, Join>();
  /** The one that holds, by topic. */
  readonly #joins = new Map<string, Join>();

  constructor(name: string) {
    this.#name = name;
  }

  see({ from, message }: OnWire): void {
    const [joinRef, ref, topic, event, payload, extension] = message as [
      unknown,
      unknown,
      string,
      string,
      never,
      never,
    ];
    if (topic === "phoenix") return;
    if (from === "client") {
      if (event === "phx_join") {
        this.#asked.set(`${topic} ${String(ref)}`, {
          joinRef,
          isAware: message.length > 5,
          isAccepted: false,
          offset: -1,
        });
      }
      return;
    }
    const asked = event === "phx_reply" ? this.#asked.get(`${topic} ${String(ref)}`) : undefined;
    if (asked !== undefined) this.#joined(topic, asked, payload);
    else this.#sent(message, topic, event, joinRef, extension);
  }

  #broken(rule: string, text: string): void {
    this.violations.push({ rule, text: `${this.#name}: ${text}` });
  }

  #joined(topic: string, join: Join, payload: { status: string; recovery?: { offset: number } }): void {
    join.isAccepted = payload.status === "ok";
    if (join.isAccepted) this.#joins.set(topic, join);
    else if (this.#joins.get(topic)?.joinRef === join.joinRef) this.#joins.delete(topic);
    if (!join.isAccepted && "recovery" in payload)
      this.#broken("I-7", `a join that was refused was told ${JSON.stringify(payload)}`);
    if (!join.isAware && "recovery" in payload) this.#broken("I-11", "a join that did not ask was answered");
    join.offset = payload.recovery?.offset ?? -1;
  }

  #sent(message: readonly unknown[], topic: string, event: string, joinRef: unknown, extension: unknown): void {
    const join = this.#joins.get(topic);
    const text = JSON.stringify(message);
    const isPositioned = message.length > 5;
    if ((event === "phx_close" || event === "phx_error") && join?.joinRef === joinRef) this.#joins.delete(topic);
    if (!isPositioned) {
      if (event === "phx_recovery") this.#broken("I-11", `without a position: ${text}`);
      return;
    }
    if (join === undefined) return this.#broken("I-7", `nobody has joined: ${text}`);
    if (joinRef !== null && joinRef !== join.joinRef) return this.#broken("I-7", `of a join that is over: ${text}`);
    if (!join.isAware) return this.#broken("I-11", `to a join that did not ask: ${text}`);
    const { o, e } = extension as { o: number; e?: string };
    const mayRepeat = event === "phx_recovery";
    if (e === undefined && !mayRepeat && o <= join.offset)
      this.#broken("I-3", `a position that does not grow: ${text}`);
    join.offset = o;
  }
}
