/**
 * Runs before each test file: waiting for something to become true ends when it is, not after a second. A busy machine
 * may need many times what an idle one does, so a shorter limit would fail tests that are right. `vitest.config.ts` has
 * the limits of tests, hooks and `expect.poll`.
 */
import { vi } from "vitest";

const PATIENCE = 120_000;

const waitFor = vi.waitFor.bind(vi);
vi.waitFor = (callback, options) => {
  const { timeout = 0, ...others } = typeof options === "number" ? { timeout: options } : (options ?? {});
  return waitFor(callback, { ...others, timeout: Math.max(timeout, PATIENCE) });
};

if ("document" in globalThis) {
  const { configure } = await import("@testing-library/dom");
  configure({ asyncUtilTimeout: PATIENCE });
}
