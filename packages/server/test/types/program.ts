/** The compiler, as an editor or `tsc` runs it on the files of an application. */
import { join } from "node:path";
import ts from "typescript";

const repository = join(import.meta.dirname, "../../../..");

export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(repository, "tsconfig.test.json"), ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, repository).options;
}

/** What the compiler says about each file: the messages, first to last. */
export function messagesIn(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const program = ts.createProgram([...files], compilerOptions());
  return new Map(
    files.map((file) => {
      const found = program.getSemanticDiagnostics(program.getSourceFile(file));
      return [file, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))];
    }),
  );
}

/** An editor with one file open, whose text need not be on the disk. */
export class Editor {
  readonly #service: ts.LanguageService;
  readonly #file: string;
  readonly #text: string;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    const read = (path: string): string | undefined => (path === file ? text : ts.sys.readFile(path));
    this.#service = ts.createLanguageService({
      getScriptFileNames: () => [file],
      getScriptVersion: () => "1",
      getScriptSnapshot: (path) => {
        const found = read(path);
        return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
      },
      getCurrentDirectory: () => repository,
      getCompilationSettings: compilerOptions,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (path) => path === file || ts.sys.fileExists(path),
      readFile: read,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
    });
  }

  /** What is shown when the mouse rests on a piece of the text. */
  hover(on: string): string {
    const info = this.#service.getQuickInfoAtPosition(this.#file, this.#position(on));
    return ts.displayPartsToString(info?.displayParts);
  }

  /** What is offered at the `|` of a piece of the text, which is written without it there. */
  completions(at: string): readonly string[] {
    const cursor = at.indexOf("|");
    const position = this.#position(at.replace("|", "")) + cursor;
    return this.#service.getCompletionsAtPosition(this.#file, position, {})?.entries.map(({ name }) => name) ?? [];
  }

  #position(of: string): number {
    const position = this.#text.indexOf(of);
    if (position === -1) throw new Error(`the text has no ${of}`);
    return position;
  }
}
