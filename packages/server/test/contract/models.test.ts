import { describe, expect, it } from "vitest";
import { LANGUAGES, modelsOf } from "../../src/contract.ts";
import { fixture } from "./fixture.ts";

describe("models", () => {
  it.each(LANGUAGES)("of %s are what was read and found good", async (language) => {
    const { file, text } = modelsOf(fixture, language);
    // Kotlin's golden file is compiled and used by tools/try-models; there are no compilers of Swift and Dart in Debian.
    await expect(text).toMatchFileSnapshot(`golden/${file}`);
  });

  it("are refused for other languages and documents", () => {
    expect(() => modelsOf(fixture, "cobol" as never)).toThrow("must be swift, kotlin, dart");
    expect(() => modelsOf({}, "swift")).toThrow("is not an AsyncAPI 3 document");
  });
});
