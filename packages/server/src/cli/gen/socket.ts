/** `wingbeat gen socket User`: `channels/user-socket.ts`, and `user-socket.client.ts` for the page. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "../command-error.ts";
import type { Name } from "../name.ts";
import { channelsFolder, dependsOn, endpointFile, importPath } from "../project.ts";
import type { EndpointFile, Project } from "../project.ts";
import { channelVariable } from "./channel.ts";
import type { Generated } from "./generated.ts";
import { freeIdentifier } from "./identifier.ts";

/** A channel that the socket has from the start. */
interface Routed {
  readonly variable: string;
  readonly topic: string;
  readonly imported: string;
}

/** Throws `CommandError` when there is no such channel. */
export function generateSocket(name: Name, channel: Name | undefined, project: Project): Generated {
  const path = `${channelsFolder(project)}/${name.path}-socket`;
  const client = `${path}.client.ts`;
  const variable = freeIdentifier(`${name.camel}Socket`, "Definition");
  const routed = channel && routedFrom(path, channel, project);
  const endpoint = endpointFile(project);
  const mount = freeMount(name, endpoint.mounts);
  const files = [
    { path: `${path}.ts`, text: socketText(variable, name.snake, routed) },
    { path: client, text: clientText(variable, importPath(project, client, path), mount, routed) },
  ];
  return { files, next: [mountAdvice(path, variable, mount, endpoint, project), clientAdvice(client, project)] };
}

function routedFrom(path: string, channel: Name, project: Project): Routed {
  const channelPath = `${channelsFolder(project)}/${channel.path}`;
  if (!existsSync(join(project.root, `${channelPath}.ts`))) {
    throw new CommandError(`${channelPath}.ts does not exist. Generate the channel first: wingbeat gen channel`);
  }
  return {
    variable: channelVariable(channel),
    topic: channel.snake,
    imported: importPath(project, path, channelPath),
  };
}

/** `/socket`; in an app that has one there, `/admin-socket`, `/admin-socket-2` and so on. */
function freeMount(name: Name, taken: readonly string[]): string {
  const own = `/${name.snake.replaceAll("_", "-")}-socket`;
  const isFree = (mount: string): boolean => !taken.includes(mount);
  if (isFree("/socket")) return "/socket";
  for (let n = 1; ; n++) {
    const mount = n === 1 ? own : `${own}-${n}`;
    if (isFree(mount)) return mount;
  }
}

function mountAdvice(path: string, variable: string, mount: string, endpoint: EndpointFile, project: Project): string {
  const { isThere, isApart, mounts } = endpoint;
  const sockets = `sockets: { ${mounts.length > 0 ? "..., " : ""}"${mount}": ${variable} }`;
  return `Mount it on the endpoint${isThere ? ` in ${endpoint.path}` : ""}:

    import { ${variable} } from "${importPath(project, endpoint.path, path)}";

    ${isApart ? `${sockets},` : `createEndpoint({ ${sockets} })`}`;
}

function clientAdvice(client: string, project: Project): string {
  const install = dependsOn(project, "@wingbeat/client") ? "" : " (first: npm install @wingbeat/client)";
  return `Import ${client} in your page${install}.`;
}

function socketText(variable: string, id: string, routed: Routed | undefined): string {
  const channelImport = routed ? `import { ${routed.variable} } from "${routed.imported}";\n` : "";
  return `import { defineSocket, ok } from "wingbeat";
${channelImport}
export const ${variable} = defineSocket({
  // Who may connect: ok(assigns) accepts, refuse() refuses. For example, with a token in the client's params:
  //   connect: async ({ token }) => {
  //     const user = await findUser(token);
  //     return user ? ok({ user }) : refuse();
  //   },
  connect: () => ok(),

  // Names the connections of a user, so that endpoint.disconnect("${id}_socket:42") closes them:
  //   id: ({ user }) => \`${id}_socket:\${user.id}\`,
  id: () => null,

  // A topic is routed to the first channel whose pattern it matches.
  channels: [${routed?.variable ?? ""}],
});
`;
}

function clientText(variable: string, imported: string, mount: string, routed: Routed | undefined): string {
  return `import { Socket } from "@wingbeat/client";
import type { ${variable} } from "${imported}";

export const socket = new Socket<typeof ${variable}>("${mount}", { params: {} });
socket.connect();

${routed === undefined ? noChannelText : channelText(routed.topic)}`;
}

const noChannelText = `// With a channel on the socket:
//   const channel = socket.channel("room:42");
//   await channel.join();
//   channel.on("shout", (payload) => console.log(payload));
//   channel.push("shout", { hello: "all" });
`;

function channelText(topic: string): string {
  return `export const channel = socket.channel("${topic}:42");
channel.on("shout", (payload) => console.log("shout", payload));
channel
  .join()
  .receive("ok", () => console.log("joined"))
  .receive("error", (response) => console.log("the join was refused", response));
`;
}
