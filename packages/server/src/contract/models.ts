/** Typed models of a contract, for programs in other languages. */
import { WingbeatError } from "../errors.ts";
import { dart } from "./models/dart.ts";
import { kotlin } from "./models/kotlin.ts";
import { swift } from "./models/swift.ts";
import { modelsOf as build } from "./models/types.ts";
import { readContract } from "./read.ts";

export const LANGUAGES = ["swift", "kotlin", "dart"] as const;
export type Language = (typeof LANGUAGES)[number];

const WRITERS = {
  swift: { file: "Contract.swift", write: swift },
  kotlin: { file: "Contract.kt", write: kotlin },
  dart: { file: "contract.dart", write: dart },
} as const;

/** One source file, with its name. Throws `WB_CONTRACT` and `WB_OPTION`. */
export function modelsOf(document: unknown, language: Language): { readonly file: string; readonly text: string } {
  if (!LANGUAGES.includes(language)) {
    throw new WingbeatError(
      "WB_OPTION",
      `modelsOf: language is ${String(language)}: it must be ${LANGUAGES.join(", ")}.`,
    );
  }
  const { file, write } = WRITERS[language];
  return { file, text: write(build(readContract(document))) };
}
