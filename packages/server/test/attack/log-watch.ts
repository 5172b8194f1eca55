/** Reads a log as it is written: counts it, and looks for what a client must not be able to write into it. */

/** Clients put this behind line breaks: a line that begins with it is forged. */
export const FORGERY = "FORGED BY A CLIENT";
/** Terminals obey these. A tab is harmless. */
// oxlint-disable-next-line no-control-regex -- that is what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/;
/** How much of the end is kept, in characters, to tell how a process has ended. */
const TAIL = 2_000;

export class LogWatch {
  bytes = 0;
  lines = 0;
  longestLine = 0;
  /** Up to five lines that a client has forged or put control characters into. */
  readonly forged: string[] = [];
  tail = "";
  #rest = "";

  read(bytes: Buffer): void {
    this.bytes += bytes.length;
    const text = bytes.toString();
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    const short = lines.slice(-30).map((line) => `${line.slice(0, 200)}\n`);
    this.tail = (this.tail + short.join("")).slice(-TAIL);
    for (const line of lines) this.line(line);
  }

  /** One line, without its end. */
  line(line: string): void {
    this.lines++;
    this.longestLine = Math.max(this.longestLine, line.length);
    if (this.forged.length >= 5) return;
    if (line.startsWith(FORGERY) || CONTROL.test(line)) this.forged.push(JSON.stringify(line.slice(0, 200)));
  }
}
