/** A primary of node:cluster that does not answer: the history of its workers is down, and nobody waits forever. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { TEST_TIME } from "../pubsub/engines.ts";

interface Report {
  readonly event: string;
  readonly [key: string]: unknown;
}

class Program {
  readonly #child;
  readonly #reports: Report[] = [];
  #onReport: () => void = () => {};

  constructor() {
    this.#child = spawn(process.execPath, ["--import", "tsx", new URL("silent-primary.ts", import.meta.url).pathname], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#reports.push(JSON.parse(line) as Report);
      this.#onReport();
    });
    onTestFinished(async () => {
      this.signal("SIGCONT");
      this.signal("SIGKILL");
      await once(this.#child, "exit");
    });
  }

  /** To the primary. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async next(): Promise<Report> {
    for (;;) {
      const report = this.#reports.shift();
      if (report !== undefined) return report;
      await new Promise<void>((resolve) => (this.#onReport = resolve));
    }
  }

  /** Lets the worker append. */
  append(what: string): void {
    this.#child.stdin.write(`${what}\n`);
  }
}

it(
  "a primary that relays late, and one that stands still: appends reject, and are found again",
  { timeout: TEST_TIME },
  async () => {
    const program = new Program();
    const down = { event: "down", reason: expect.stringContaining("calls relayPubSub before it forks") };
    expect(await program.next()).toMatchObject(down);
    expect(await program.next()).toMatchObject({ event: "started", store: "cluster", state: "down" });
    program.append("too early");
    expect(await program.next()).toMatchObject({ event: "rejected", name: "NotStored" });

    program.signal("SIGUSR2");
    expect(await program.next()).toMatchObject({ event: "up" });
    program.append("one");
    expect(await program.next()).toMatchObject({ event: "entry", offset: 1, body: "one" });
    expect(await program.next()).toMatchObject({ event: "appended", offsets: [1] });

    program.signal("SIGSTOP");
    program.append("two");
    // Nobody knows whether the primary has read it. Rejections are told in a later turn than the state.
    const [first, second] = [await program.next(), await program.next()];
    expect([first, second].find(({ event }) => event === "down")).toMatchObject(down);
    expect([first, second].find(({ event }) => event === "rejected")).toMatchObject({ name: "Error" });
    program.append("repeat");
    expect(await program.next()).toMatchObject({ event: "rejected", name: "Error" });

    program.signal("SIGCONT");
    expect(await program.next()).toMatchObject({ event: "entry", offset: 2, body: "two" });
    expect(await program.next()).toMatchObject({ event: "up" });
    expect(await program.next()).toMatchObject({ event: "maybeMissed" });
    program.append("repeat");
    expect(await program.next()).toMatchObject({ event: "appended", offsets: [2] });
    program.append("three");
    expect(await program.next()).toMatchObject({ event: "entry", offset: 3, body: "three" });
    expect(await program.next()).toMatchObject({ event: "appended", offsets: [3] });
  },
);
