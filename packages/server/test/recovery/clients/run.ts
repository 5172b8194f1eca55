/** One channel object of a client, and what it writes down. */
import type { Position, Recorder } from "../history.ts";
import { saidIn } from "../node/said.ts";

/** A message that all are to get, and where it is. */
export interface Final {
  readonly id: string;
  readonly pos: Position;
}

export class Run {
  readonly name: string;
  readonly topic: string;
  /** Whether its client takes part in recovery. */
  readonly takesPart: boolean;
  readonly #recorder: Recorder;
  readonly #seen = new Set<string>();
  #position: Position | undefined = undefined;
  #isJoined = false;
  #hasLeft = false;

  constructor(name: string, topic: string, takesPart: boolean, recorder: Recorder) {
    this.name = name;
    this.topic = topic;
    this.takesPart = takesPart;
    this.#recorder = recorder;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** `pos`: of a client that takes part in recovery. `since`: what a first join asked for. */
  joined(pos?: Position, recovered?: boolean, since?: Position): void {
    this.#isJoined = true;
    this.#position = pos;
    const given = {
      ...(pos === undefined ? {} : { pos }),
      ...(recovered === undefined ? {} : { recovered }),
      ...(since === undefined ? {} : { since }),
    };
    this.#recorder.write({ op: "join", run: this.name, topic: this.topic, ...given });
  }

  delivered(payload: unknown, pos?: Position): void {
    if (this.#hasLeft) return;
    const { id } = saidIn(payload);
    this.#seen.add(id);
    if (pos !== undefined) this.#position = pos;
    this.#recorder.write({ op: "deliver", run: this.name, id, ...(pos === undefined ? {} : { pos }) });
  }

  reported(reason: string, pos?: Position): void {
    if (this.#hasLeft) return;
    this.#position = pos;
    this.#recorder.write({ op: "report", run: this.name, reason, ...(pos === undefined ? {} : { pos }) });
  }

  left(): void {
    this.#hasLeft = true;
  }

  ended(): void {
    this.#recorder.write({ op: "end", run: this.name });
  }

  /** Whether it has a message, or was told that it may have missed it. */
  has({ id, pos }: Final): boolean {
    const own = this.#position;
    return this.#seen.has(id) || (own?.epoch === pos.epoch && own.offset >= pos.offset);
  }
}
