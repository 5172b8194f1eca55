/** docs/guide/operations.md: Prometheus accepts the alerts, and Wingbeat has the metrics. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as client from "prom-client";
import { expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineSocket, ok } from "wingbeat";
import { collectMetrics } from "wingbeat/prometheus";
import { blocksOf, readDocument } from "./documents.ts";

const GUIDE = "docs/guide/operations.md";
const rules = blocksOf(GUIDE).find(({ language }) => language === "yaml")?.text ?? "";

const promtool =
  spawnSync("promtool", ["--version"]).status === 0 || process.env["CI"] !== undefined
    ? { isMissing: false, note: "" }
    : { isMissing: true, note: " (left out: apt-get install prometheus)" };

it.skipIf(promtool.isMissing)(`Prometheus accepts the alerts${promtool.note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "wingbeat-alerts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "rules.yml"), rules);
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", "rules.yml"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("10 rules found");
});

it("there are the metrics that the guide names", async () => {
  const registry = new client.Registry();
  const endpoint = createEndpoint({ sockets: { "/s": defineSocket({ connect: () => ok(), channels: [] }) } });
  collectMetrics(client, endpoint, { register: registry });
  onTestFinished(() => endpoint.close());
  const there = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const named = new Set(readDocument(GUIDE).match(/wingbeat_\w+/g));
  expect(named.size).toBeGreaterThan(15);
  expect([...named].filter((name) => !there.includes(name))).toEqual([]);
});
