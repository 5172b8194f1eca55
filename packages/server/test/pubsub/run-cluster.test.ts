/** `runCluster` in processes of its own. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { runCluster } from "wingbeat/cluster";
import { freePort } from "../../../../tools/test/free-port.ts";

const APP = new URL("run-cluster-app.ts", import.meta.url).pathname;
const TIME = { timeout: 300_000 };

interface Report {
  readonly event: string;
  readonly pid: number;
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly restartIn?: number | null;
}

/** The program, seen from outside. */
class App {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #reports: Report[] = [];
  readonly #exit: Promise<unknown[]>;
  #onReport: () => void = () => {};
  errors = "";

  constructor(port: number, mode: string) {
    this.#port = port;
    this.#child = spawn(process.execPath, ["--import", "tsx", APP], {
      env: { ...process.env, PORT: String(port), MODE: mode },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#exit = once(this.#child, "exit");
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.errors += String(chunk)));
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.#reports.push(JSON.parse(line) as Report);
      this.#onReport();
    });
  }

  /** The next report of this event; earlier ones are forgotten. */
  async next(event: string): Promise<Report> {
    for (;;) {
      for (let report = this.#reports.shift(); report !== undefined; report = this.#reports.shift()) {
        if (report.event === event) return report;
      }
      await new Promise<void>((resolve) => (this.#onReport = resolve));
    }
  }

  /** Asks some worker: they take turns. Gives its pid. */
  ask(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      get({ port: this.#port, host: "127.0.0.1", path, agent: false }, (response) => {
        response.setEncoding("utf8").on("data", (text: string) => resolve(Number(text)));
      }).on("error", reject);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code. */
  async exitCode(): Promise<unknown> {
    return (await this.#exit)[0];
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#exit;
  }
}

let app: App | undefined;
afterEach(() => app?.kill());

async function run(mode = ""): Promise<App> {
  app = new App(await freePort(), mode);
  return app;
}

describe("runCluster", () => {
  it("shares a port and broadcasts, replaces workers that crash or are ended, and lets them finish", TIME, async () => {
    const cluster = await run();
    const pids = [(await cluster.next("cluster.worker_ready")).pid, (await cluster.next("cluster.worker_ready")).pid];
    expect(new Set([await cluster.ask("/"), await cluster.ask("/")])).toEqual(new Set(pids));

    await cluster.ask("/broadcast?text=hello");
    expect(new Set([await cluster.ask("/wait?text=hello"), await cluster.ask("/wait?text=hello")])).toEqual(
      new Set(pids),
    );

    await cluster.ask("/crash").catch(() => {});
    const crashed = await cluster.next("cluster.worker_exited");
    expect(crashed).toMatchObject({ code: 7, restartIn: 100 });
    const replacement = await cluster.next("cluster.worker_ready");
    expect(pids).not.toContain(replacement.pid);

    const other = pids.find((pid) => pid !== crashed.pid)!;
    process.kill(other, "SIGTERM");
    expect(await cluster.next("cluster.worker_exited")).toMatchObject({
      pid: other,
      code: 0,
      restartIn: expect.any(Number),
    });
    const last = await cluster.next("cluster.worker_ready");
    expect(new Set([await cluster.ask("/"), await cluster.ask("/")])).toEqual(new Set([replacement.pid, last.pid]));

    const slow = cluster.ask("/slow");
    const { pid } = await cluster.next("slow");
    cluster.signal("SIGTERM");
    expect(await slow).toBe(pid);
    expect(await cluster.next("cluster.draining")).toMatchObject({ signal: "SIGTERM", workers: 2 });
    expect(await cluster.exitCode()).toBe(0);
  });

  it("is ended by SIGINT too", TIME, async () => {
    const cluster = await run();
    await cluster.next("cluster.worker_ready");
    await cluster.next("cluster.worker_ready");
    cluster.signal("SIGINT");
    expect(await cluster.exitCode()).toBe(0);
    expect(await cluster.next("cluster.worker_exited")).toMatchObject({ code: 0, restartIn: null });
    expect(cluster.errors).toBe("");
  });

  it("kills workers that do not close in time, and ends with 1", TIME, async () => {
    const cluster = await run("stuck");
    await cluster.next("cluster.worker_ready");
    await cluster.next("cluster.worker_ready");
    cluster.signal("SIGTERM");
    expect(await cluster.exitCode()).toBe(1);
    expect(await cluster.next("cluster.worker_exited")).toMatchObject({ signal: "SIGKILL", restartIn: null });
  });

  it("ends with 1 when the first workers cannot start, and shows why", TIME, async () => {
    const cluster = await run("broken");
    expect(await cluster.exitCode()).toBe(1);
    expect(cluster.errors).toContain("cannot start today");
  });

  it("refuses options that are wrong", () => {
    const start = () => ({ close() {} });
    expect(() => runCluster({ start, workers: 0 })).toThrow("runCluster.workers is 0");
    expect(() => runCluster({ start, drainTimeout: -1 })).toThrow("runCluster.drainTimeout is -1");
    expect(() => runCluster({ start, worker: 2 } as never)).toThrow('no option "worker"');
    expect(() => runCluster({ start: undefined as never })).toThrow("runCluster.start must be a function");
  });
});
