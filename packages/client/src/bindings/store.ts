/** State that changes, as immutable snapshots: the same object for as long as nothing changes. */
export interface Store<Snapshot> {
  readonly snapshot: Snapshot;
  /** Calls back when `snapshot` is another one. Returns a function that ends it. */
  subscribe(changed: () => void): () => void;
}

export class WritableStore<Snapshot> implements Store<Snapshot> {
  snapshot: Snapshot;
  readonly #subscribers = new Set<() => void>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  set(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    for (const changed of [...this.#subscribers]) changed();
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  }
}
