/** What docs/reference says of the code, made from the code: each telemetry event, each metric. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as client from "prom-client";
import ts from "typescript";
import { createEndpoint, defineSocket, ok } from "wingbeat";
import { collectMetrics } from "wingbeat/prometheus";
import { root } from "./documents.ts";

/** Pages with a part between `<!-- from the code -->` and `<!-- end -->`, and what makes it. */
export const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/reference/telemetry.md": telemetryEvents,
  "docs/reference/metrics.md": metrics,
};

const PART = /(<!-- from the code -->\n)[^]*?(\n<!-- end -->)/;

/** A page with its part made anew. */
export async function completed(page: string, source: string): Promise<string> {
  const part = await GENERATED[page]?.();
  if (part === undefined || !PART.test(source)) throw new Error(`${page} has no part "from the code"`);
  return source.replace(PART, (_, start: string, end: string) => `${start}\n${part}\n${end}`);
}

interface Field {
  readonly name: string;
  readonly type: string;
}

/** Fields of many events, which the page explains before them. */
const EXPLAINED: ReadonlySet<string> = new Set(["endpoint", "path", "id", "transport", "topic", "pattern"]);

/** All events of `TelemetryEvents` with their doc comments and data, grouped by the first part of their names. */
function telemetryEvents(): string {
  const path = join(root, "packages/server/src/telemetry.ts");
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const interfaces = new Map(file.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]));
  const events = interfaces.get("TelemetryEvents")?.members.filter(ts.isPropertySignature) ?? [];
  const sections = new Map<string, string[]>();
  for (const event of events) {
    const name = (event.name as ts.StringLiteral).text;
    const [group = ""] = name.split(".");
    const fields = fieldsOf(event.type, interfaces);
    sections.set(group, [
      ...(sections.get(group) ?? [`## ${group}`]),
      `### ${name}`,
      descriptionOf(event),
      `Data: ${fields.map(({ name, type }) => (EXPLAINED.has(name) ? `\`${name}\`` : `\`${name}: ${type}\``)).join(", ")}.`,
    ]);
  }
  return [...sections.values()].flat().filter(Boolean).join("\n\n");
}

function fieldsOf(
  type: ts.Node | undefined,
  interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>,
): readonly Field[] {
  if (type === undefined) return [];
  if (ts.isIntersectionTypeNode(type)) return type.types.flatMap((part) => fieldsOf(part, interfaces));
  if (ts.isTypeReferenceNode(type)) return fieldsOf(interfaces.get(type.typeName.getText()), interfaces);
  if (ts.isInterfaceDeclaration(type)) {
    const bases =
      type.heritageClauses?.flatMap((clause) => clause.types.map((base) => base.expression.getText())) ?? [];
    return [...bases.flatMap((base) => fieldsOf(interfaces.get(base), interfaces)), ...ownFields(type.members)];
  }
  return ts.isTypeLiteralNode(type) ? ownFields(type.members) : [];
}

const ownFields = (members: ts.NodeArray<ts.TypeElement>): Field[] =>
  members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText() + (member.questionToken === undefined ? "" : "?"),
    type: (member.type?.getText() ?? "").replaceAll(/\s+/g, " ").replace(/^\| /, ""),
  }));

/** The text of a node's doc comment, as one paragraph. */
function descriptionOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(comment?.comment) ?? "").replaceAll(/\s*\n\s*/g, " ");
}

/** All metrics, as prom-client has them. */
async function metrics(): Promise<string> {
  const register = new client.Registry();
  const endpoint = createEndpoint({
    sockets: { "/socket": defineSocket({ connect: () => ok(), channels: [] }) },
    logger: false,
  });
  const stop = collectMetrics(client, endpoint, { register });
  const rows = (await register.getMetricsAsJSON()).map(({ name, type, help }) => {
    const { labelNames } = register.getSingleMetric(name) as unknown as { readonly labelNames: readonly string[] };
    return `| \`${name}\` | ${String(type)} | ${labelNames.map((label) => `\`${label}\``).join(", ")} | ${help} |`;
  });
  stop();
  await endpoint.close();
  return ["| metric | type | labels | what it counts |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
