/**
 * Clients that do nothing wrong: they echo, talk in the hall, and are in the rooms in which attackers relay. They must
 * lose nothing, see nothing that is not for them, and never be closed or crashed.
 */
import { answer, settings } from "../child.ts";
import { Bystander } from "./bystander.ts";
import { latencyOf } from "./latency.ts";
import type { Latency } from "./latency.ts";

export interface CrowdSettings {
  /** One after the other of these has the next bystander. */
  readonly ports: readonly number[];
  /** Mount path, `/socket`. */
  readonly path: string;
  readonly count: number;
  /** Milliseconds between what each one says. */
  readonly every: number;
}

export interface CrowdFigures {
  readonly echoes: number;
  readonly heard: number;
  readonly latency: Latency;
  readonly violations: readonly string[];
}

/** How long the last messages may take on a machine that has much else to do, in ms. */
const PATIENCE = 60_000;

const { ports, path, count, every } = settings<CrowdSettings>();
const crowd = await Promise.all(
  Array.from({ length: count }, (_, index) =>
    Bystander.open({
      port: ports[index % ports.length] as number,
      path,
      name: `bystander${index}`,
      vsn: index % 4 === 3 ? 1 : 2,
    }),
  ),
);
for (const bystander of crowd) bystander.start(every);

/** Whether everybody has heard everything that anybody has said. */
const isComplete = (): boolean =>
  crowd.every((listener) => listener.isEchoed && crowd.every(({ name, said }) => listener.heardOf(name) === said));

async function finish(): Promise<CrowdFigures> {
  for (const bystander of crowd) bystander.stop();
  const deadline = performance.now() + PATIENCE;
  while (!isComplete() && performance.now() < deadline && crowd.every(({ isOpen }) => isOpen)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const present = await Promise.all(crowd.map((bystander) => bystander.sees(count, deadline)));
  const violations = crowd.flatMap((bystander) => bystander.violations);
  if (!isComplete())
    violations.push("bystanders have not heard everything that bystanders have said, or not been answered");
  if (present.includes(false)) violations.push("bystanders do not see all of them present");
  return {
    echoes: crowd.reduce((sum, { echoes }) => sum + echoes, 0),
    heard: crowd.reduce((sum, { heard }) => sum + heard, 0),
    latency: latencyOf(crowd.flatMap((bystander) => bystander.takeLatencies())),
    violations: [...new Set(violations)].slice(0, 10),
  };
}

answer({ finish, latencies: () => latencyOf(crowd.flatMap((bystander) => bystander.takeLatencies())) });
