/** The recipes of docs/guide/deployment.md: what can be checked without the places that they are for. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { validate } from "dockerfile-utils";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseAllDocuments } from "yaml";
import { DRAIN_LIMITS } from "../../packages/server/src/endpoint/drain.ts";
import { compileBlocks, writeBlocks } from "./compile.ts";
import { blocksOf } from "./documents.ts";

const GUIDE = "docs/guide/deployment.md";
const blocks = blocksOf(GUIDE);
const textIn = (language: string): string => blocks.find((block) => block.language === language)?.text ?? "";
const drainSeconds = DRAIN_LIMITS.deadline / 1_000;

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "wingbeat-deployment-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
};

const systemd =
  spawnSync("systemd-analyze", ["--version"]).status === 0 || process.env["CI"] !== undefined
    ? { isMissing: false, note: "" }
    : { isMissing: true, note: " (left out: apt-get install systemd)" };

describe(`systemd${systemd.note}`, () => {
  it.skipIf(systemd.isMissing)("takes the unit", () => {
    const path = join(folder(), "chat@.service");
    // Node may be elsewhere on this machine.
    writeFileSync(path, textIn("ini").replace("/usr/bin/node", process.execPath));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", path], { encoding: "utf8" });
    const faults = stderr.split("\n").filter((line) => line.includes("chat@"));
    expect({ status, faults }).toEqual({ status: 0, faults: [] });
  });

  it("waits longer than the drain", () => {
    expect(Number(/TimeoutStopSec=(\d+)/.exec(textIn("ini"))?.[1])).toBeGreaterThan(drainSeconds + 1);
  });
});

describe("Docker", () => {
  const file = textIn("dockerfile");

  it("can read the file", () => {
    expect(validate(file)).toEqual([]);
    expect(validate(file.replace("COPY .", "COPYY ."))).toHaveLength(1);
  });

  it("does not run as root, and starts Node itself", () => {
    expect(file).toMatch(/^USER node$/m);
    expect(file).toMatch(/^CMD \["node", /m);
  });

  it("finds a healthy node healthy, and a draining one not", async () => {
    const [program = "", ...args] = JSON.parse(/HEALTHCHECK[^]*?CMD (\[.*\])/.exec(file)?.[1] ?? "[]") as string[];
    expect(program).toBe("node");
    let status = 200;
    const server = createServer((request, response) => {
      response.writeHead(request.url === "/health" ? status : 404).end();
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const env = { ...process.env, PORT: String((server.address() as AddressInfo).port) };
    const check = () => promisify(execFile)(process.execPath, args, { env });
    await check();
    status = 503;
    await expect(check()).rejects.toMatchObject({ code: 1 });
  });
});

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
}

interface Pods {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly {
          readonly readinessProbe: { readonly httpGet: { readonly path: string } };
          readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
        }[];
      };
    };
  };
}

describe("Kubernetes", () => {
  const manifests = parseAllDocuments(textIn("yaml")).map((document) => document.toJS() as Manifest);
  /** As TypeScript: the compiler knows which fields there are, and of what type they are. */
  const asProgram = (document: string, objects: readonly Manifest[]) => ({
    ...{ document, line: 1, language: "ts", note: "", file: "kubernetes.ts", with: "" },
    text: objects
      .map(({ kind, apiVersion }, index) => {
        const group = apiVersion === "v1" ? "core/v1" : apiVersion;
        const type = `import type { ${kind} as Kind${index} } from "kubernetes-types/${group}";`;
        return `${type}\nexport const object${index}: Kind${index} = ${JSON.stringify(objects[index])};\n`;
      })
      .join(""),
  });

  it("knows all fields of the manifests", () => {
    expect(manifests.map(({ kind }) => kind)).toEqual([
      "Deployment",
      "Service",
      "PodDisruptionBudget",
      "HorizontalPodAutoscaler",
    ]);
    const wrong = JSON.parse(JSON.stringify(manifests).replace("readinessProbe", "readyProbe")) as Manifest[];
    const programs = [asProgram("manifests", manifests), asProgram("wrong manifests", wrong)];
    writeBlocks(programs);
    expect(compileBlocks(programs)).toEqual([expect.stringMatching(/^wrong manifests:.*readyProbe/)]);
  });

  it("waits for preStop and the drain, and asks for the health of the program", () => {
    const { spec } = (manifests[0] as unknown as Pods).spec.template;
    const [container] = spec.containers;
    const [, preStop] = container?.lifecycle.preStop.exec.command ?? [];
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(preStop) + drainSeconds + 1);
    expect(blocks.find(({ file }) => file === "server.ts")?.text).toContain(
      `health: "${container?.readinessProbe.httpGet.path}"`,
    );
  });
});

describe("PM2", () => {
  it("waits longer than the drain", () => {
    const module = { exports: { apps: [{ kill_timeout: 0 }] } };
    // oxlint-disable-next-line no-new-func -- PM2 would load the file; the document is ours.
    new Function("module", textIn("js"))(module);
    expect(module.exports.apps[0]?.kill_timeout).toBeGreaterThan(DRAIN_LIMITS.deadline + 1_000);
  });
});
