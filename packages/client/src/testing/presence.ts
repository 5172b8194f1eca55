/** Who is on a topic of a fake server. */
interface Meta {
  readonly phx_ref: string;
  readonly phx_ref_prev?: string;
}

interface Entry {
  readonly metas: readonly Meta[];
}

type Entries = Record<string, Entry>;

export class Presences {
  /** Undefined: the topic has no presence. */
  #state: Entries | undefined;
  #refs = 0;
  readonly #topic: string;
  readonly #broadcast: (event: string, payload: object) => void;

  constructor(topic: string, broadcast: (event: string, payload: object) => void) {
    this.#topic = topic;
    this.#broadcast = broadcast;
  }

  /** What a client gets when it has joined. */
  get state(): object | undefined {
    return this.#state;
  }

  join(key: string, meta: object, fields: object = {}): void {
    const joined = { ...meta, phx_ref: this.#ref() };
    const metas = [...(this.#state?.[key]?.metas ?? []), joined];
    this.#change({ ...this.#state, [key]: { ...fields, metas } }, { [key]: { ...fields, metas: [joined] } }, {});
  }

  update(key: string, meta: object): void {
    const entry = this.#entry(key);
    const metas = [...entry.metas];
    const left = metas.pop() as Meta;
    const joined = { ...meta, phx_ref: this.#ref(), phx_ref_prev: left.phx_ref };
    const updated = { ...entry, metas: [...metas, joined] };
    this.#change(
      { ...this.#state, [key]: updated },
      { [key]: { ...entry, metas: [joined] } },
      { [key]: { ...entry, metas: [left] } },
    );
  }

  leave(key: string): void {
    const left = this.#entry(key);
    const { [key]: _, ...rest } = this.#state as Entries;
    this.#change(rest, {}, { [key]: left });
  }

  #change(state: Entries, joins: Entries, leaves: Entries): void {
    const isFirst = this.#state === undefined;
    this.#state = state;
    if (isFirst) this.#broadcast("presence_state", state);
    else this.#broadcast("presence_diff", { joins, leaves });
  }

  #entry(key: string): Entry {
    const entry = this.#state?.[key];
    if (entry === undefined) throw new Error(`"${key}" is not present on "${this.#topic}": presence.join comes first`);
    return entry;
  }

  #ref(): string {
    return `F${++this.#refs}`;
  }
}
