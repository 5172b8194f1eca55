import { describe, expect, it } from "vitest";
import { z } from "zod";
import { contractOf, LANGUAGES, modelsOf } from "../../src/contract.ts";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import { fixture } from "./fixture.ts";

describe("models", () => {
  it.each(LANGUAGES)("of %s are what was read and found good", async (language) => {
    const { file, text } = modelsOf(fixture, language);
    // Kotlin's golden file is compiled and used by tools/try-models; there are no compilers of Swift and Dart in Debian.
    await expect(text).toMatchFileSnapshot(`golden/${file}`);
  });

  it("take no name that the languages or clients have, and each once", () => {
    const odd = z.object({
      json: z.string(),
      hashCode: z.string(),
      class: z.string(),
      "a-b": z.string(),
      a_b: z.string(),
      "1": z.string(),
    });
    const channel = defineChannel("room")
      .pushes({
        value: odd.meta({ id: "Channel" }),
        list: z.array(odd),
        "🎉": z.object({ kind: z.enum(["value", "unknown", "1st", "über"]) }),
      })
      .join(() => ok())
      .handleIn("channel", odd, () => {})
      .handleIn("join", odd, () => {});
    const { document } = contractOf({ "/socket": defineSocket({ connect: () => ok(), channels: [channel] }) });
    for (const language of LANGUAGES) {
      const { text } = modelsOf(document, language);
      const types = [
        ...text.matchAll(/^(?:public )?(?:final |indirect |data |sealed )?(?:class|enum) (\S+?)[ (:]/gm),
      ].map(([, name]) => name);
      expect(new Set(types).size).toBe(types.length);
      expect(types).toContain("Channel2");
      expect(types).not.toContain("Channel");
      expect(types.filter((name) => !/^[A-Za-z]\w*$/.test(name ?? ""))).toEqual([]);
    }
    expect(modelsOf(document, "dart").text).toMatch(/this\.hashCode_.*this\.json_/);
    expect(modelsOf(document, "dart").text).toContain('static const value2 = RoomPushKind("value");');
  });

  it("are refused for other languages and documents", () => {
    expect(() => modelsOf(fixture, "cobol" as never)).toThrow("must be swift, kotlin, dart");
    expect(() => modelsOf({}, "swift")).toThrow("is not an AsyncAPI 3 document");
  });
});
