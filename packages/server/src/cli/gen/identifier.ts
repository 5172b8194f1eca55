/** Identifiers that generated code may use. */

/** What the generated files import or declare themselves. */
const TAKEN =
  "defineChannel ok refuse isAuthorized defineSocket testSocket it onTestFinished socket joined kit client channel ref " +
  "definePresence ctx params payload Socket";

/** Words that TypeScript reserves, or does not allow as the name of a constant in a module. */
const KEYWORDS =
  "arguments async await break case catch class const continue debugger default delete do else enum eval export extends " +
  "false finally for function if implements import in instanceof interface let new null of package private protected " +
  "public return static super switch this throw true try typeof undefined var void while with yield";

const RESERVED = new Set(`${TAKEN} ${KEYWORDS}`.split(" "));

/** The name itself, or with a suffix when it is reserved: `class` becomes `classChannel`. */
export function freeIdentifier(name: string, suffix: string): string {
  return RESERVED.has(name) ? name + suffix : name;
}
