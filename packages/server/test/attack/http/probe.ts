/** Asks the application beside the endpoint, over and over: it must answer as if nobody attacked. */
import { send } from "./send.ts";
import { post, request } from "./requests.ts";

export interface ProbeFigures {
  readonly answers: number;
  readonly violations: readonly string[];
}

export class Probe {
  readonly #port: number;
  readonly #violations: string[] = [];
  #answers = 0;
  #isOn = false;
  #running: Promise<void> = Promise.resolve();

  constructor(port: number) {
    this.#port = port;
  }

  start(): void {
    this.#isOn = true;
    this.#running = this.#run();
  }

  async stop(): Promise<ProbeFigures> {
    this.#isOn = false;
    await this.#running;
    return { answers: this.#answers, violations: this.#violations };
  }

  async #run(): Promise<void> {
    while (this.#isOn && this.#violations.length < 5) {
      const n = this.#answers;
      await this.#ask(request(`GET /app/${n}`, "connection: close\r\n"), `application: /app/${n}`);
      await this.#ask(post("/app/post", "x".repeat(n % 100), "connection: close\r\n"), `application: ${n % 100} bytes`);
    }
  }

  async #ask(bytes: string, expected: string): Promise<void> {
    const answer = await send(this.#port, bytes, "end").catch(String);
    this.#answers++;
    if (answer.startsWith("HTTP/1.1 200") && answer.endsWith(expected)) return;
    this.#violations.push(`the application beside answered ${JSON.stringify(answer.slice(0, 200))}, not "${expected}"`);
  }
}
