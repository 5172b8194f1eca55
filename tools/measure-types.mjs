/**
 * `node tools/measure-types.mjs [channels] [events]`: what the types cost a user. Generates an application with so many
 * channels (100), each like the README's room: join, events (2), as many pushes, handleOut, schemas for most; one
 * socket of them all, an endpoint that broadcasts to each, and a client that reads one reply of each. Prints how long the
 * compiler checks it, beside an application of one channel, the same schemas without Wingbeat (a function of a few lines
 * takes what they give out), and the same channels used by React hooks. Needs a build.
 *
 * Part of `npm run check`, with two limits for the client's application. Instantiations are the compiler's own count of
 * its work, the same on every machine: that is the limit which catches a change. Seconds are the best of three runs. They
 * are meant for an idle machine, where the schemas alone take `PACE_S`; where these take longer, the machine is slower or
 * busy, and the application may take longer in proportion, and half as long again.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./repository.mjs";

/** For 100 channels with 2 events each. */
const LIMIT_S = 2.3;
const LIMIT_INSTANTIATIONS = 370_000;
/** What the schemas alone take on an idle machine. */
const PACE_S = 0.82;
const RUNS = 3;
const TSCONFIG = {
  compilerOptions: {
    module: "nodenext",
    target: "es2023",
    lib: ["es2024", "dom"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ["*.ts"],
};

const CHANNELS = Number(process.argv[2] ?? 100);
const EVENTS = Array.from({ length: Number(process.argv[3] ?? 2) }, (_, n) => `event${n}`);

const TAKE = `interface Schema { readonly "~standard": { readonly validate: unknown; readonly types?: unknown } }
type Out<S extends Schema> = NonNullable<S["~standard"]["types"]>;
export function take<S extends Schema, R>(
  schema: S,
  use: (value: Out<S>["output" & keyof Out<S>]) => R,
): { readonly in: Out<S>["input" & keyof Out<S>]; readonly result: R } | undefined {
  void [schema, use];
  return undefined;
}
`;

const APPS = {
  "1 channel": () => appFiles(1, clientSource),
  [`${CHANNELS} channels`]: () => appFiles(CHANNELS, clientSource),
  "their schemas alone": () => schemaFiles(CHANNELS),
  "with React hooks": () => appFiles(CHANNELS, hooksSource),
};

const folder = mkdtempSync(join(tmpdir(), "wingbeat-types-"));
try {
  const apps = Object.entries(APPS).map(([name, files], index) => {
    const app = join(folder, `app-${index}`);
    write(app, files());
    const { time, instantiations } = check(app);
    return { name, app, time, instantiations };
  });
  const [, measured, schemas] = apps;
  for (let run = 1; run < RUNS && measured.time > limit(schemas); run++) {
    for (const one of [measured, schemas]) one.time = Math.min(one.time, check(one.app).time);
  }
  for (const { name, time, instantiations } of apps) {
    console.log(`${name.padEnd(20)} ${time.toFixed(2)} s of type checking, ${instantiations} instantiations`);
  }
  if (CHANNELS === 100 && EVENTS.length === 2) {
    fail(measured.time > limit(schemas), `more than ${limit(schemas).toFixed(2)} s`);
    fail(measured.instantiations > LIMIT_INSTANTIATIONS, `more than ${LIMIT_INSTANTIATIONS} instantiations`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** The seconds that the application may take at this machine's pace. */
function limit(schemas) {
  const pace = schemas.time / PACE_S;
  return pace <= 1.1 ? LIMIT_S : LIMIT_S * pace * 1.5;
}

function fail(isTooMuch, what) {
  if (!isTooMuch) return;
  console.error(`The types of ${CHANNELS} channels take ${what}.`);
  process.exitCode = 1;
}

function write(app, files) {
  mkdirSync(app);
  symlinkSync(join(root, "node_modules"), join(app, "node_modules"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify(TSCONFIG));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(app, name), text);
}

/** What TypeScript's checker has to do for an application. */
function check(app) {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const printed = execFileSync(process.execPath, [tsc, "-p", app, "--extendedDiagnostics"], { encoding: "utf8" });
  const read = (what) => Number(new RegExp(`${what}:\\s+([\\d.]+)`).exec(printed)[1]);
  return { time: read("Check time"), instantiations: read("Instantiations") };
}

function appFiles(channels, userSource) {
  const numbers = Array.from({ length: channels }, (_, n) => n);
  return {
    ...Object.fromEntries(numbers.map((n) => [`channel-${n}.ts`, channelSource(n)])),
    "server.ts": serverSource(channels),
    "client.ts": userSource(channels),
  };
}

/** As many schemas as the channels have, each for a callback that reads what it gives out. */
function schemaFiles(channels) {
  const message = "z.object({ id: z.number(), text: z.string() })";
  const schemas = EVENTS.flatMap((_, index) => (index % 2 === 0 ? [message, message] : [message]));
  const uses = schemas.map(
    (schema, index) => `export const use${index} = take(${schema}, ({ id, text }) => [id, text]);`,
  );
  const text = `import { z } from "zod";
import { take } from "./take.js";
export const join = take(z.object({ since: z.number().optional() }), ({ since }) => since ?? 0);
${uses.join("\n")}
`;
  const numbers = Array.from({ length: channels }, (_, n) => n);
  return { ...Object.fromEntries(numbers.map((n) => [`channel-${n}.ts`, text])), "take.ts": TAKE };
}

function channelSource(n) {
  const handlers = EVENTS.map((event, index) =>
    index % 2 === 0
      ? `  .handleIn("${event}", z.object({ id: z.number(), text: z.string() }), (ctx, { id, text }) => {
    ctx.broadcast("${event}_done", { id, text });
    return id > 0 ? ok({ id }) : refuse({ reason: "none" });
  })`
      : `  .handleIn("${event}", async (ctx) => ok({ user: ctx.assigns.user.id }))`,
  );
  return `import { defineChannel, ok, refuse } from "wingbeat";
import { z } from "zod";
export const channel${n} = defineChannel("channel${n}:{id}")
  .assigns<{ user: { id: number; name: string }; count?: number }>()
  .pushes({ ${EVENTS.map((event) => `${event}_done: z.object({ id: z.number(), text: z.string() })`).join(", ")} })
  .join(z.object({ since: z.number().optional() }), (ctx, { since }) =>
    ctx.params.id === "" ? refuse({ reason: "unauthorized" }) : ok({ since: since ?? 0 }))
${handlers.join("\n")}
  .handleOut("event0_done", (ctx, payload) => ctx.push("event0_done", payload));
`;
}

function serverSource(channels) {
  const names = Array.from({ length: channels }, (_, n) => `channel${n}`);
  return `import { createEndpoint, defineSocket, ok, refuse } from "wingbeat";
${names.map((name, n) => `import { ${name} } from "./channel-${n}.ts";`).join("\n")}
export const userSocket = defineSocket({
  connect: async (params) => params.token === "" ? refuse() : ok({ user: { id: 1, name: String(params.token) } }),
  id: ({ user }) => \`user:\${user.id}\`,
  channels: [${names.join(", ")}],
});
export const endpoint = createEndpoint({ sockets: { "/socket": userSocket } });
${names.map((_, n) => `endpoint.broadcast("channel${n}:1", "event0_done", { id: ${n}, text: "" });`).join("\n")}
`.replaceAll('.ts"', '.js"');
}

function clientSource(channels) {
  const uses = Array.from(
    { length: channels },
    (_, n) => `
const channel${n} = socket.channel("channel${n}:1", { since: ${n} });
const joined${n}: number = (await channel${n}.join()).since;
const id${n}: number = (await channel${n}.push("event0", { id: joined${n}, text: "" })).id;
channel${n}.on("event0_done", ({ text }) => text.length + id${n});
`,
  );
  return `import { Socket } from "@wingbeat/client";
import type { userSocket } from "./server.js";
export const socket = new Socket<typeof userSocket>("/socket");
${uses.join("")}`;
}

function hooksSource(channels) {
  const uses = Array.from(
    { length: channels },
    (_, n) => `
export function useChannel${n}(id: string) {
  const { channel, reply, push } = useChannel(\`channel${n}:\${id}\`, { since: ${n} });
  useEvent(channel, "event0_done", ({ text }) => text.length);
  return async (): Promise<number> => (await push("event0", { id: reply?.since ?? 0, text: "" })).id;
}
`,
  );
  return `import { createHooks } from "@wingbeat/react";
import type { userSocket } from "./server.js";
export const { useChannel, useEvent } = createHooks<typeof userSocket>();
${uses.join("")}`;
}
