/**
 * `node tools/measure-types.mjs [channels] [events]`: what the types cost a user. Generates an application with so many
 * channels (100), each like the README's room: join, events (2), as many pushes, handleOut, schemas for most; one
 * socket of them all, and a client that reads one reply of each. Prints how long the compiler checks it, beside an
 * application of one channel. Fails beyond 2 s: compare on an idle machine. Needs a build.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./repository.mjs";

const LIMIT_S = 2;
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

const folder = mkdtempSync(join(tmpdir(), "wingbeat-types-"));
try {
  const small = checkTime(1);
  const large = checkTime(CHANNELS);
  console.log(`1 channel: ${small.toFixed(2)} s. ${CHANNELS} channels: ${large.toFixed(2)} s of type checking.`);
  if (large > LIMIT_S) {
    console.error(`More than ${LIMIT_S} s.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Seconds that TypeScript's checker takes for an application. */
function checkTime(channels) {
  const app = join(folder, `app-${channels}`);
  mkdirSync(app);
  symlinkSync(join(root, "node_modules"), join(app, "node_modules"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify(TSCONFIG));
  for (let n = 0; n < channels; n++) writeFileSync(join(app, `channel-${n}.ts`), channelSource(n));
  writeFileSync(join(app, "server.ts"), serverSource(channels));
  writeFileSync(join(app, "client.ts"), clientSource(channels));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const printed = execFileSync(process.execPath, [tsc, "-p", app, "--extendedDiagnostics"], { encoding: "utf8" });
  return Number(/Check time:\s+([\d.]+)s/.exec(printed)[1]);
}

function channelSource(n) {
  const handlers = EVENTS.map((event, index) =>
    index % 2 === 0
      ? `  .handleIn("${event}", z.object({ id: z.number(), text: z.string() }), (ctx, { id, text }) => {
    ctx.broadcast("${event}_done", { id, text });
    return id > 0 ? ok({ id }) : error({ reason: "none" });
  })`
      : `  .handleIn("${event}", async (ctx) => ok({ user: ctx.assigns.user.id }))`,
  );
  return `import { defineChannel, error, ok, refuse } from "wingbeat";
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
