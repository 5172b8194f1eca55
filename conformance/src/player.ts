/**
 * Plays a recorded scenario against a server and says how the server differs from the recording.
 * Frames are raw: no channel client is involved.
 */
import { setTimeout as delay } from "node:timers/promises";
import { differenceOf } from "./player/compare.ts";
import { Crew } from "./player/crew.ts";
import { describe, isSight, type Scenario, type Sight, type Step } from "./player/steps.ts";

export { readScenarios } from "./player/recordings.ts";
export type { Scenario, Step } from "./player/steps.ts";

export interface PlayOptions {
  /** How long to wait for something recorded, in ms. Default 60,000. */
  patience?: number;
  /** How long nothing more may come after the last step, in ms. Default 60. */
  linger?: number;
}

/** How long to wait before taking it that a racy scenario ends without a frame that some course has, in ms. */
const FORK_PATIENCE = 500;

/**
 * Plays one scenario against the server at `url` ("http://127.0.0.1:4100").
 * Returns one line per difference: empty when the server does as recorded, in any one of the recorded courses.
 */
export function playScenario(url: string, scenario: Scenario, options: PlayOptions = {}): Promise<string[]> {
  const { patience = 60_000, linger = 60 } = options;
  return new Play(new Crew(new URL(url)), scenario, patience).run(linger);
}

class Play {
  readonly #crew: Crew;
  readonly #patience: number;
  readonly #differences: string[] = [];
  /** The courses which the server may still be following. Never empty. */
  #courses: Step[][];
  #at = 0;

  constructor(crew: Crew, scenario: Scenario, patience: number) {
    this.#crew = crew;
    this.#patience = patience;
    this.#courses = scenario.courses;
  }

  async run(linger: number): Promise<string[]> {
    try {
      while (await this.#advance());
      await this.#quiet(linger, "after the last step");
    } finally {
      this.#crew.drop();
    }
    return this.#differences;
  }

  /** One step. False at the end, or when a frame that should come does not. */
  async #advance(): Promise<boolean> {
    await this.#chooseFork();
    const step = this.#courses[0]?.[this.#at];
    if (step === undefined) return false;
    if (isSight(step)) return this.#expect(step);
    await this.#act(step);
    return true;
  }

  /** Where one course has a frame and another has none, what comes in a short while decides. */
  async #chooseFork(): Promise<void> {
    const steps = this.#courses.map((course) => course[this.#at]);
    const sight = steps.find((step) => step !== undefined && isSight(step)) as Sight | undefined;
    if (sight === undefined || steps.every((step) => step !== undefined && isSight(step))) return;
    const came = await this.#crew.inbox(sight.client).hasSight(FORK_PATIENCE);
    this.#courses = this.#courses.filter((course) => {
      const step = course[this.#at];
      return came === (step !== undefined && isSight(step));
    });
  }

  async #expect(step: Sight): Promise<boolean> {
    const seen = await this.#crew.inbox(step.client).next(this.#patience);
    if (seen === undefined) {
      this.#note(`expected ${describe(step)}, got nothing within ${this.#patience} ms`);
      return false;
    }
    if ("response" in step && "response" in seen) this.#crew.tokens.learn(step.response, seen.response);
    const following = this.#courses.filter((course) => this.#differs(course[this.#at], seen) === undefined);
    if (following.length > 0) this.#courses = following;
    else this.#note(this.#differs(step, seen) ?? "");
    this.#at += 1;
    return true;
  }

  #differs(expected: Step | undefined, seen: Sight): string | undefined {
    if (expected === undefined || !isSight(expected)) return `nothing expected, got ${describe(seen)}`;
    return differenceOf(this.#translated(expected), seen, this.#crew.port);
  }

  #translated(expected: Sight): Sight {
    if (!("response" in expected)) return expected;
    const { response } = expected;
    return { ...expected, response: { ...response, body: this.#crew.tokens.translate(response.body) } };
  }

  async #act(step: Step): Promise<void> {
    if ("quiet" in step) await this.#quiet(step.quiet, "in a quiet time");
    else if ("wait" in step) await delay(step.wait);
    else if ("stillOpenAfterMs" in step) await this.#staysOpen(step.client, step.stillOpenAfterMs);
    else {
      const burst = this.#burst(step);
      await this.#crew.act(burst);
      this.#at += burst.length - 1;
    }
    this.#at += 1;
  }

  /** The step and the sends of the same client right behind it: they go out together. */
  #burst(first: Step): Step[] {
    if (!isSend(first)) return [first];
    const rest = (this.#courses[0] ?? []).slice(this.#at);
    const end = rest.findIndex((step) => !isSend(step) || step.client !== first.client);
    return end < 0 ? rest : rest.slice(0, end);
  }

  async #quiet(ms: number, when: string): Promise<void> {
    await delay(ms);
    for (const seen of this.#crew.takeAll()) this.#note(`nothing expected ${when}, got ${describe(seen)}`);
  }

  async #staysOpen(client: string, ms: number): Promise<void> {
    await this.#quiet(ms, "while the connection stays open");
    if (!this.#crew.isOpen(client)) this.#note(`expected ${client} to be open still`);
  }

  #note(difference: string): void {
    this.#differences.push(`step ${this.#at + 1}: ${difference}`);
  }
}

function isSend(step: Step): step is Extract<Step, { send: string } | { sendBin: string } | { sendPing: string }> {
  return "send" in step || "sendBin" in step || "sendPing" in step;
}
