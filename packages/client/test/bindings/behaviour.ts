/**
 * What every binding does, in the words of its users. A binding runs it with its own {@link Driver}, in a file of its
 * tests that begins with `// @vitest-environment happy-dom`:
 *
 *     behavesAsABinding("@wingbeat/react", driver);
 */
import { afterEach, beforeEach, describe, expect, vi } from "vitest";
import { channels } from "./behaviour/channels.ts";
import { connections } from "./behaviour/connections.ts";
import { ends } from "./behaviour/ends.ts";
import { ephemeral } from "./behaviour/ephemeral.ts";
import { events } from "./behaviour/events.ts";
import { pending } from "./behaviour/pending.ts";
import { presence } from "./behaviour/presence.ts";
import { recovery } from "./behaviour/recovery.ts";
import type { Driver } from "./driver.ts";

const BEHAVIOURS = [channels, ends, connections, events, presence, recovery, pending, ephemeral];

export function behavesAsABinding(name: string, driver: Driver): void {
  describe(name, () => {
    failOnComplaints();
    for (const behaviour of BEHAVIOURS) behaviour(driver);
  });
}

/** A framework complains on the console. */
function failOnComplaints(): void {
  const complaints: unknown[] = [];
  beforeEach(() => {
    complaints.length = 0;
    for (const method of ["error", "warn"] as const) {
      vi.spyOn(console, method).mockImplementation((...complaint) => void complaints.push(complaint));
    }
  });
  afterEach(() => expect(complaints).toEqual([]));
}
