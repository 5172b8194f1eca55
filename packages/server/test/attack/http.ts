/** Requests that are cut off, reset, forged and odd, at an endpoint of its own and at one beside an application. */
import { Bystanders } from "./bystanders.ts";
import { showLatency } from "./bystanders/latency.ts";
import { isShort } from "./campaign.ts";
import type { Outcome, Part, Size } from "./campaign.ts";
import { allowed, forgedTokens, smuggling } from "./http/checks.ts";
import { Probe } from "./http/probe.ts";
import { ODD, WHOLE } from "./http/requests.ts";
import { send } from "./http/send.ts";
import type { Ending } from "./http/send.ts";
import { Random } from "./random.ts";
import { LISTENING, settledFigures, startTarget, violationsOf } from "./target-checks.ts";
import type { Target } from "./target-checks.ts";

const ENDINGS: readonly Ending[] = ["reset", "reset later", "end"];
const AT_ONCE = 24;

export const http: Part = {
  name: "http",
  oracle:
    "Requests cut off and reset after each byte, smuggled, split, pipelined, in odd forms, with forged tokens. The process " +
    "lives; every connection is answered or closed; nothing is smuggled in; the application beside answers as ever; " +
    "bystanders are unharmed; no connection is left.",
  async *run(size) {
    const target = await startTarget({ level: "debug", isStructured: false });
    const { child, ports } = target;
    const bystanders = await Bystanders.start({ ports: [ports.own], path: "/socket", count: 3, every: 20 });
    const probe = new Probe(ports.shared);
    try {
      probe.start();
      const requests = cutRequests(size);
      const violations = await sendAll(requests, target);
      if (child.end === undefined) {
        for (const port of [ports.own, ports.shared]) violations.push(...(await smuggling(port)));
        violations.push(...(await forgedTokens(ports)), ...(await allowed(ports)));
      }
      const application = await probe.stop();
      const crowd = child.end === undefined ? await bystanders.finish() : undefined;
      violations.push(...application.violations, ...(crowd?.violations ?? []));
      const figures = await settledFigures(target, 0, LISTENING);
      violations.push(...violationsOf(target, figures, 0, requests.length));
      const left = (figures?.sockets ?? LISTENING) - LISTENING;
      if (left > 0) violations.push(`${left} TCP connections are left`);
      const outcome: Outcome = {
        figures: {
          "requests cut off or odd": requests.length,
          "answers of the application beside": application.answers,
          bystanders: crowd === undefined ? "gone" : `${crowd.echoes} echoes, ${showLatency(crowd.latency)}`,
        },
        violations: [...new Set(violations)].slice(0, 20),
      };
      yield { title: "http", ...outcome };
    } finally {
      await probe.stop();
      await bystanders.stop();
      await child.stop();
    }
  },
};

interface CutRequest {
  readonly port: "own" | "shared";
  readonly bytes: string;
  readonly ending: Ending;
}

/** Every request cut off behind each of its bytes (in a small campaign: some of them), ended in every way. */
function cutRequests(size: Size): CutRequest[] {
  const random = new Random(size.seed);
  const step = isShort(size) ? 12 : 1;
  const all: CutRequest[] = [];
  for (const port of ["own", "shared"] as const) {
    for (const bytes of Object.values(WHOLE)) {
      for (let at = random.int(step); at < bytes.length; at += step) {
        all.push({ port, bytes: bytes.slice(0, at), ending: random.pick(ENDINGS) });
      }
      for (const ending of ENDINGS) all.push({ port, bytes, ending });
    }
    for (const bytes of ODD) for (const ending of ENDINGS) all.push({ port, bytes, ending });
  }
  return all
    .map((cut) => ({ cut, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ cut }) => cut);
}

async function sendAll(requests: readonly CutRequest[], { child, ports }: Target): Promise<string[]> {
  const violations: string[] = [];
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < requests.length && child.end === undefined) {
      const { port, bytes, ending } = requests[next++] as CutRequest;
      await send(ports[port], bytes, ending).catch((error: unknown) => violations.push(String(error)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return violations;
}
