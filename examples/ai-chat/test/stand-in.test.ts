import { expect, it } from "vitest";
import { StandInModel, tokensOf } from "../src/model/stand-in.ts";
import { answerTo } from "../src/model/stand-in-texts.ts";

const ask = (content: string) => [{ role: "user" as const, content }];

it("writes the same answer to the same prompt, piece by piece", async () => {
  const model = new StandInModel(1e6);
  const pieces: string[] = [];
  for await (const piece of model.answer(ask("What is a resumable stream?"), AbortSignal.timeout(60_000)))
    pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(200);
  expect(pieces.join("")).toBe(answerTo("What is a resumable stream?"));
});

it("counts, so that everybody sees what is missing", () => {
  expect(answerTo("Please count to 5.")).toBe("1 2 3 4 5");
});

it.each(["", "a", "  a  b\n\n", "naïve 👩‍👩‍👧 text", answerTo("hello\nthere"), answerTo("some code")])(
  "cuts a text into pieces that are the text: %#",
  (text) => expect(tokensOf(text).join("")).toBe(text),
);

it("stops when it is told to", async () => {
  const abort = new AbortController();
  const pieces: string[] = [];
  const read = async () => {
    for await (const piece of new StandInModel(1e6).answer(ask("Count to 9999"), abort.signal)) {
      if (pieces.push(piece) === 3) abort.abort();
    }
  };
  await expect(read()).rejects.toMatchObject({ name: "AbortError" });
  expect(pieces.join("")).toBe("1 2 3");
});

it.each([0, -1, Number.NaN])("refuses the speed %s", (speed) => {
  expect(() => new StandInModel(speed)).toThrow("TOKENS_PER_SECOND must be a number above 0");
});
