/** The long run of `logins.test.ts`: logins of 30 s. */
import { expect, it } from "vitest";
import { runLogins } from "../logins.ts";

const CLIENTS = Number(process.env["SOAK_CLIENTS"] ?? 2_000);
const LOGIN_MS = Number(process.env["SOAK_LOGIN_MS"] ?? 30_000);

it(`${CLIENTS} clients with logins of ${LOGIN_MS} ms`, async () => {
  const figures = await runLogins(CLIENTS, LOGIN_MS);
  const parts = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`soak logins: ${parts.join(", ")}\n`);
  const { staying, leaving, official } = figures;
  expect(figures).toMatchObject({
    connections: staying,
    refreshed: staying,
    renewed: staying,
    refused: leaving,
    told: leaving,
    stayedAway: leaving,
    returned: official,
  });
});
