/** `wingbeat gen channel Room`: `channels/room.ts` and a test that passes. */
import type { Generated } from "./generated.ts";
import type { Name } from "../name.ts";
import { channelsFolder, dependsOn, fileThatCalls, importPath } from "../project.ts";
import type { Project } from "../project.ts";
import { freeIdentifier } from "./identifier.ts";

export function generateChannel(name: Name, typed: string, project: Project): Generated {
  const path = `${channelsFolder(project)}/${name.path}`;
  const test = `${path}.test.ts`;
  const variable = channelVariable(name);
  const files = [
    { path: `${path}.ts`, text: channelText(name.snake, variable) },
    { path: test, text: testText(name.snake, variable, importPath(project, test, path)) },
  ];
  const runner = dependsOn(project, "vitest") ? "" : "npm install --save-dev vitest && ";
  return {
    files,
    next: [routeAdvice(path, variable, typed, project), `Run its test: ${runner}npx vitest run ${test}`],
  };
}

/** The variable name of a generated channel. */
export function channelVariable(name: Name): string {
  return freeIdentifier(name.camel, "Channel");
}

function routeAdvice(path: string, variable: string, typed: string, project: Project): string {
  const socket = fileThatCalls(project, "defineSocket");
  if (socket === undefined) {
    return `No socket has it yet. To generate one: npx wingbeat gen socket User --from-channel ${typed}`;
  }
  const statement = `import { ${variable} } from "${importPath(project, socket, path)}";`;
  return `Add it to the socket in ${socket}:\n\n    ${statement}\n\n    channels: [..., ${variable}],`;
}

function channelText(topic: string, variable: string): string {
  return `import { defineChannel, ok, refuse } from "wingbeat";

/** Clients join \`${topic}:<id>\`; \`ctx.params.id\` is the id that they ask for. */
export const ${variable} = defineChannel("${topic}:{id}")
  .pushes<{ shout: object }>()
  .join((_ctx, params) => (isAuthorized(params) ? ok() : refuse({ reason: "unauthorized" })))

  // A reply goes to the client that asked.
  .handleIn("ping", (_ctx, payload) => ok(payload))

  // A broadcast goes to everyone on the topic. A schema (zod, valibot, arktype) before the function checks payloads.
  .handleIn("shout", (ctx, payload) => {
    ctx.broadcast("shout", payload as object);
  });

/** Who may join: put your own rule here. \`params\` is what the client sends with its join. */
function isAuthorized(_params: unknown): boolean {
  return true;
}
`;
}

function testText(topic: string, variable: string, imported: string): string {
  return `import { defineSocket, ok } from "wingbeat";
import { testSocket } from "wingbeat/testing";
import { it, onTestFinished } from "vitest";
import { ${variable} } from "${imported}";

const socket = defineSocket({ connect: () => ok(), channels: [${variable}] });

async function joined() {
  const kit = testSocket(socket);
  onTestFinished(() => kit.close());
  const client = await kit.connect();
  return client.subscribeAndJoin("${topic}:lobby");
}

it("answers ping with its payload", async () => {
  const channel = await joined();
  const ref = channel.push("ping", { hello: "there" });
  await channel.assertReply(ref, "ok", { hello: "there" });
});

it("broadcasts a shout", async () => {
  const channel = await joined();
  channel.push("shout", { hello: "all" });
  await channel.assertBroadcast("shout", { hello: "all" });
});

it("pushes broadcasts to the client", async () => {
  const channel = await joined();
  channel.broadcastFrom("shout", { some: "data" });
  await channel.assertPush("shout", { some: "data" });
});
`;
}
