/**
 * Processes of their own for the target and for the bystanders: each answers questions over its IPC channel. What it
 * prints is watched; how it ends is part of the oracle.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { LogWatch } from "./log-watch.ts";

export interface ForkOptions {
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Makes a process whose output is piped. */
export type Fork = (file: URL, args: readonly string[], options: ForkOptions) => ChildProcess;

const forkProcess: Fork = (file, args, { execArgv, env }) =>
  fork(file, args, { execArgv: [...execArgv], stdio: ["ignore", "pipe", "pipe", "ipc"], env });

interface Question {
  readonly id: number;
  readonly question: string;
  readonly about: unknown;
}

/** Workers of node:cluster get other messages, too. */
const isQuestion = (message: unknown): message is Question =>
  typeof message === "object" && message !== null && typeof (message as Question).question === "string";

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** In the child: answers what the campaign asks. */
export function answer(answers: Readonly<Record<string, (about: never) => unknown>>): void {
  process.on("message", (message) => {
    if (!isQuestion(message)) return;
    const { id, question, about } = message;
    Promise.resolve()
      .then(() => answers[question]?.(about as never))
      .then(
        (answer) => process.send?.({ id, answer }),
        (error: unknown) => process.send?.({ id, error: String(error) }),
      );
  });
  process.send?.({ id: 0 });
}

/** In the child: what it was started with. */
export const settings = <T>(): T => JSON.parse(process.argv[2] ?? "{}") as T;

export class Child {
  /** What the child prints: its log, when it logs to the console. */
  readonly log = new LogWatch();
  /** How it has ended. Undefined while it lives. */
  end: string | undefined = undefined;
  /** Resolves when it has. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #kill = (): void => void this.#process.kill("SIGKILL");
  #asked = 0;

  private constructor(file: string, settings: object, fork: Fork) {
    this.#process = fork(new URL(file, import.meta.url), [JSON.stringify(settings)], {
      execArgv: ["--import", "tsx", "--expose-gc"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    this.#process.stdout?.on("data", (bytes: Buffer) => this.log.read(bytes));
    this.#process.stderr?.on("data", (bytes: Buffer) => this.log.read(bytes));
    this.#process.on("message", (message) => this.#answered(message as Answer));
    this.#process.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.#process.once("close", (code, signal) => {
        this.#ended(`${signal ?? `code ${code}`}: ${this.log.tail}`);
        resolve();
      });
    });
    process.once("exit", this.#kill);
  }

  /** Resolves when it can be asked. Rejects with what it printed when it ends instead. */
  static async start(file: string, settings: object, fork = forkProcess): Promise<Child> {
    const child = new Child(file, settings, fork);
    await new Promise<void>((resolve, reject) => {
      child.#waiting.set(0, ({ error }) => (error === undefined ? resolve() : reject(new Error(error))));
    });
    return child;
  }

  /** Rejects when the child throws, has ended, or ends before it has answered. */
  ask<T>(question: string, about?: unknown): Promise<T> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ answer, error }) =>
        error === undefined ? resolve(answer as T) : reject(new Error(`${question}: ${error}`)),
      );
      if (this.end !== undefined) this.#answered({ id, error: `the process has ended with ${this.end}` });
      else this.#process.send({ id, question, about } satisfies Question, () => {});
    });
  }

  /** `SIGSTOP` freezes it, `SIGCONT` lets it go on. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async stop(): Promise<void> {
    process.off("exit", this.#kill);
    if (this.end !== undefined) return;
    this.#process.kill("SIGKILL");
    await this.ended;
  }

  #answered(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  #ended(how: string): void {
    this.end = how;
    process.off("exit", this.#kill);
    for (const id of this.#waiting.keys()) this.#answered({ id, error: `the process has ended with ${how}` });
  }
}
