/** `wingbeat gen presence`: `channels/presence.ts`. */
import type { Generated } from "./generated.ts";
import type { Name } from "../name.ts";
import { channelsFolder, endpointFile, importPath } from "../project.ts";
import type { Project } from "../project.ts";
import { freeIdentifier } from "./identifier.ts";

export function generatePresence(name: Name, project: Project): Generated {
  const path = `${channelsFolder(project)}/${name.path}`;
  const variable = freeIdentifier(name.camel, "Presence");
  return {
    files: [{ path: `${path}.ts`, text: presenceText(name, variable) }],
    next: [advice(path, variable, project)],
  };
}

function advice(path: string, variable: string, project: Project): string {
  const endpoint = endpointFile(project);
  return `Give it to the endpoint${endpoint.isThere ? ` in ${endpoint.path}` : ""}:

    import { ${variable} } from "${importPath(project, endpoint.path, path)}";

    ${endpoint.isApart ? `presence: [${variable}],` : `createEndpoint({ ..., presence: [${variable}] })`}

In a channel's join, track the user and send the current state:

    ${variable}.track(ctx, ctx.assigns.user.id, { onlineAt: new Date().toISOString() });
    ${variable}.pushState(ctx);

If the channel declares its pushes, add these: .pushes<{ ... } & typeof ${variable}.events>()`;
}

function presenceText(name: Name, variable: string): string {
  const options = name.snake === "presence" ? "" : `{ name: "${name.snake}" }`;
  return `import { definePresence } from "wingbeat";

/** Who is on a topic, on all nodes. The type parameter is the metadata of each presence. */
export const ${variable} = definePresence<{ onlineAt: string }>(${options});
`;
}
