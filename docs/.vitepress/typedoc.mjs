/** `npm run api -w @wingbeat/docs`: the reference of all that the packages export, from their doc comments. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Application, Comment, Converter, PageEvent, ReflectionKind, TSConfigReader } from "typedoc";

const docs = join(import.meta.dirname, "..");
const PACKAGES = ["server", "client", "react", "vue", "svelte", "protocol"];

/** Each entry point of each package: the name that is imported, and its declarations. */
const entries = PACKAGES.flatMap((folder) => {
  const directory = join(docs, "../packages", folder);
  const { name, exports } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([subpath, { types }]) => ({ name: name + subpath.slice(1), file: join(directory, types) }));
});

const app = await Application.bootstrapWithPlugins(
  {
    plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme"],
    entryPoints: entries.map(({ file }) => file),
    tsconfig: join(import.meta.dirname, "typedoc.tsconfig.json"),
    out: join(docs, "reference/api"),
    docsRoot: docs,
    name: "API",
    readme: "none",
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    sort: ["source-order"],
    groupOrder: [
      "Functions",
      "Classes",
      "Variables",
      "Namespaces",
      "Interfaces",
      "Type Aliases",
      "Constructors",
      "Properties",
      "Accessors",
      "Methods",
    ],
    hidePageHeader: true,
    hideBreadcrumbs: true,
    sanitizeComments: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    typeDeclarationFormat: "table",
    indexFormat: "table",
    logLevel: "Warn",
  },
  [new TSConfigReader()],
);

/** Descriptions of modules, to see which export has got one by mistake. */
const descriptions = new Set();

// A module is called what is imported, and described as its source is.
app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
  if (!reflection.kindOf(ReflectionKind.Module)) return;
  const declarations = context.getSymbolFromReflection(reflection)?.declarations ?? [];
  const entry = entries.find(({ file }) => declarations.some(({ fileName }) => fileName === file));
  if (entry === undefined) return;
  reflection.name = entry.name;
  const source = readFileSync(entry.file.replace("/dist/", "/src/").replace(/\.d\.ts$/, ".ts"), "utf8");
  const [, text = ""] = /^(?:"use client";\s*)?\/\*\*([^]*?)\*\//.exec(source) ?? [];
  reflection.comment = new Comment([{ kind: "text", text: plain(text) }]);
  descriptions.add(plain(text));
});

// What the signature in the block of code says already is left out: return types without a link or longer than a line, and
// type parameters without a description.
app.renderer.on(PageEvent.END, (page) => {
  page.contents = page.contents
    ?.replaceAll(/\n#+ Returns\n\n([^]*?)(?=\n\n(?:#|\*\*\*)|\s*$)/g, (section, content) =>
      content.includes("\n\n") || (content.includes("](") && !content.includes("\n")) ? section : "",
    )
    .replaceAll(/\n#+ Type Parameters\n\n\| Type Parameter \|\n(?:\|.*\n)+/g, "");
});

// `~contract` and the like carry types from one place to another: nobody uses them.
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const reflection of Object.values(project.reflections)) {
    if (reflection.name.startsWith("~")) project.removeReflection(reflection);
  }
});

const project = await app.convert();
if (project === undefined) process.exit(1);
for (const reflection of Object.values(project.reflections)) {
  const text = reflection.comment?.summary
    .map((part) => part.text)
    .join("")
    .trim();
  if (text && !reflection.kindOf(ReflectionKind.Module) && descriptions.has(text)) {
    app.logger.warn(
      `${reflection.getFullName()} is described as its module: end the comment of the module with @module`,
    );
  }
}
for (const list of [project.children, ...(project.groups ?? []).map(({ children }) => children)]) {
  list?.sort((a, b) => orderOf(a.name) - orderOf(b.name));
}
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);

/** The text of a doc comment, without its tags. */
function plain(comment) {
  return comment
    .replaceAll(/^ *\* ?/gm, "")
    .replace(/^@[^]*/m, "")
    .replaceAll(/\{@link ([^}]+)\}/g, "`$1`")
    .trim();
}

function orderOf(name) {
  return entries.findIndex((entry) => entry.name === name);
}
