/** Checks 1 to 3: who comes in. */
import { expect } from "vitest";
import { check } from "../check.ts";
import { PATIENCE } from "../person.ts";
import { answerTo, passOf } from "../raw-client.ts";

export const connection = [
  check(
    1,
    "without a login there is the login page, and no topic but user:public; a bad token lets nobody in",
    async ({ app, raw, visitor }) => {
      const page = await visitor();
      await page.getByTestId("login-username").waitFor();
      const stranger = await raw(null);
      expect((await stranger.join("user:public")).answer.status).toBe("ok");
      for (const topic of ["user:1", "user:role", "room:1", "system:presence", "notifications:1"]) {
        expect((await stranger.join(topic)).answer, topic).toMatchObject({
          status: "error",
          response: { reason: "unauthorized" },
        });
      }
      const { token } = await passOf(app.url(), "bob");
      expect(await answerTo(app.url(), token)).toBe(101);
      for (const bad of ["bad", `${token}x`, token.replace(/^[^.]*/, "other")]) {
        expect(await answerTo(app.url(), bad), bad).toBe(403);
      }
    },
  ),

  check(
    2,
    "after the login: sidebar, presence dots and counts within 2 s, on one connection with 5 topics or more",
    async ({ visitor, transport, within }) => {
      const page = await visitor();
      let open = 0;
      const topics = new Set<string>();
      page.on("websocket", (socket) => {
        open++;
        socket.on("close", () => void open--);
        socket.on("framesent", ({ payload }) => {
          const [, , topic, event] = JSON.parse(String(payload)) as [unknown, unknown, string, string];
          if (event === "phx_join") topics.add(topic);
        });
      });
      await page.getByTestId("login-username").fill("alice");
      await page.getByTestId("login-password").fill("roost-demo");
      const startedAt = performance.now();
      await page.getByTestId("login-submit").click();
      await page.getByTestId("sidebar").waitFor();
      await page.locator('[data-testid="presence-alice"][data-status="online"]').first().waitFor();
      await page.getByTestId("bell").waitFor();
      await page.getByTestId("message-list").waitFor();
      expect(performance.now() - startedAt).toBeLessThan(within(4_000));
      if (transport === "websocket") {
        // The login page had one of its own, for announcements.
        await expect.poll(() => open).toBe(1);
        expect(topics.size).toBeGreaterThanOrEqual(5);
      }
    },
    { fast: true },
  ),

  check(3, "a session that has ended: back to the login page, and no endless loop", async ({ app, open }) => {
    const alice = await open("alice");
    let tokens = 0;
    alice.page.on("request", (request) => {
      if (request.url().includes("/api/socket-token")) tokens++;
    });
    await app.endSessions("alice");
    await app.restart();
    await alice.page.getByTestId("login-username").waitFor({ timeout: 2 * PATIENCE });
    const after = tokens;
    // Longer than the first waits between two tries to connect.
    await alice.page.waitForTimeout(3_000);
    expect(tokens).toBe(after);
  }),
];
