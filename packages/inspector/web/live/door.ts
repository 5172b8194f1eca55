/** How the page gets in: a ticket for each connection, which only a page of this origin is given. */
import { Socket } from "@wingbeat/client";
import type { InspectorSocket } from "../contract.ts";

/** Why there is no ticket. `status` 0: nobody has answered. */
export interface Shut {
  readonly status: number;
}

export class Door {
  readonly socket: Socket<InspectorSocket>;
  readonly #base: string;
  readonly #listeners = new Set<() => void>();
  #shut: Shut | null = null;

  /** `base`: the address of the page, which ends with a slash. */
  constructor(base: string) {
    this.#base = base;
    const url = new URL("socket", base);
    this.socket = new Socket(url.href.replace(/^http/, "ws"), {
      authToken: () => this.#ticket(),
      reconnectAfterMs: (tries) => [250, 500, 1_000, 2_000][tries - 1] ?? 5_000,
    });
  }

  async #ticket(): Promise<string> {
    const answer = await fetch(new URL("ticket", this.#base), { method: "POST", credentials: "same-origin" }).catch(
      () => null,
    );
    if (answer?.ok !== true) {
      this.#tell({ status: answer?.status ?? 0 });
      // Whoever is not let in is not let in a second later: the page offers to ask again.
      if (answer?.status === 401 || answer?.status === 403) this.socket.disconnect();
      throw new Error(`no ticket: ${answer?.status ?? "no answer"}`);
    }
    const { ticket } = (await answer.json()) as { readonly ticket: string };
    this.#tell(null);
    return ticket;
  }

  /** Asks to be let in once more. */
  knock(): void {
    this.#tell(null);
    this.socket.connect();
  }

  #tell(shut: Shut | null): void {
    if (shut?.status === this.#shut?.status) return;
    this.#shut = shut;
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly shut = (): Shut | null => this.#shut;
}
