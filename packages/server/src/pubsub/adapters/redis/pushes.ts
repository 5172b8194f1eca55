/**
 * Remembers numbered pushes in Redis or Valkey, over the connection of the history. The key of a record is
 * `<namespace>:h:p:<record>`: in Redis Cluster records are spread over all slots, with `shards` or without.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Claim, Claimed, Line, PushStore, Settlement } from "../../pushes/store.ts";
import type { Script } from "./driver.ts";
import type { HistoryLink } from "./history/link.ts";
import { SCRIPTS } from "./pushes/scripts.ts";

/** The longest window that Redis is asked for, in milliseconds. */
const MOST_MS = 1e12;
/** Base64url of a SHA-256. */
const SIGNATURE = 43;

export class RedisPushes implements PushStore {
  readonly #link: HistoryLink;
  readonly #namespace: string;
  readonly #keys: readonly KeyObject[];
  readonly #unreadable: (error: Error) => void;

  /** `keys`: the first one signs replies, all are accepted; without any, nothing is signed. `unreadable` is told why. */
  constructor(link: HistoryLink, namespace: string, keys: readonly KeyObject[], unreadable: (error: Error) => void) {
    this.#link = link;
    this.#namespace = namespace;
    this.#keys = keys;
    this.#unreadable = unreadable;
  }

  async open(record: string, next: number, window: number): Promise<Line> {
    const name = randomBytes(9).toString("base64url");
    const [kind, epoch, last] = await this.#ask(SCRIPTS.open, record, window, name, String(next));
    if (kind !== "line" || epoch === undefined) throw unexpected();
    return { epoch, last: wholeOf(last) };
  }

  async claim(record: string, claim: Claim): Promise<Claimed> {
    const { n, epoch, acked, token, over, attempt, window } = claim;
    const args = [String(n), epoch, String(acked), token, String(attempt), over?.token ?? ""];
    const [state, first, second] = await this.#ask(SCRIPTS.claim, record, window, ...args);
    switch (state) {
      case "claimed":
      case "epoch":
        return { state };
      case "settled":
        return { state, reply: first === undefined ? undefined : this.#opened(record, n, first) };
      case "running":
        return { state, holder: { token: first ?? "", attempt: wholeOf(second) } };
      case "order":
        return { state, next: wholeOf(first) };
      default:
        throw unexpected();
    }
  }

  async settle(record: string, { n, token, reply, window }: Settlement): Promise<boolean> {
    const kept = reply === undefined ? ["", ""] : ["1", this.#signed(record, n, reply)];
    const [kind] = await this.#ask(SCRIPTS.settle, record, window, String(n), token, ...kept);
    return kind === "settled";
  }

  async #ask(script: Script, record: string, window: number, ...args: readonly string[]): Promise<string[]> {
    const all = [String(Math.ceil(Math.min(window, MOST_MS))), ...args];
    try {
      return (await this.#link.run(script, [`${this.#namespace}:h:p:${record}`], () => all)).map(String);
    } catch (error) {
      // It is a replica now.
      if (String(error).includes("READONLY")) this.#link.fail(error);
      throw error;
    }
  }

  #signed(record: string, n: number, reply: string): string {
    const [key] = this.#keys;
    return key === undefined ? reply : signatureOf(key, record, n, reply) + reply;
  }

  /** Undefined when it was written by somebody who does not know the secret. */
  #opened(record: string, n: number, kept: string): string | undefined {
    if (this.#keys.length === 0) return kept;
    const signature = Buffer.from(kept.slice(0, SIGNATURE));
    const reply = kept.slice(SIGNATURE);
    const isValid = this.#keys.some((key) => {
      const expected = Buffer.from(signatureOf(key, record, n, reply));
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    });
    if (isValid) return reply;
    this.#unreadable(new RangeError("the reply to a push is not signed, or with another secret"));
    return undefined;
  }
}

function signatureOf(key: KeyObject, record: string, n: number, reply: string): string {
  return createHmac("sha256", key).update(`push\0${record}\0${n}\0${reply}`).digest("base64url");
}

/** Throws for what is no number. */
function wholeOf(value: string | undefined): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw unexpected();
}

const unexpected = (): Error => new Error("Redis answered a script with something else than was asked for");
