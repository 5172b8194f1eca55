import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromBase64, toBase64 } from "./base64.ts";
import { Posts } from "./posts.ts";

/** Posts that the test answers itself. */
function answers() {
  const sent: { readonly lines: string[]; answer(taken: boolean): Promise<void> }[] = [];
  const post = (body: string) =>
    new Promise<boolean>((resolve) => {
      const answer = async (taken: boolean) => {
        resolve(taken);
        await vi.advanceTimersByTimeAsync(0);
      };
      sent.push({ lines: body.split("\n"), answer });
    });
  return { sent, post };
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `[${from + index}]`);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Posts", () => {
  it("posts what was sent in one turn together, at its end", async () => {
    const { sent, post } = answers();
    const posts = new Posts(post);
    numbered(3).forEach((line) => posts.add(line));
    await Promise.resolve();
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map(({ lines }) => lines)).toEqual([["[0]", "[1]", "[2]"]]);
  });

  it("keeps what is sent during a post for the next one", async () => {
    const { sent, post } = answers();
    const posts = new Posts(post);
    posts.add("[0]");
    await vi.advanceTimersByTimeAsync(0);
    numbered(2, 1).forEach((line) => posts.add(line));
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(1);
    await sent[0]?.answer(true);
    expect(sent[1]?.lines).toEqual(["[1]", "[2]"]);
    await sent[1]?.answer(true);
    posts.add("[3]");
    await vi.advanceTimersByTimeAsync(0);
    expect(sent[2]?.lines).toEqual(["[3]"]);
  });

  it("posts at most 100 lines at once, in order", async () => {
    const { sent, post } = answers();
    const posts = new Posts(post);
    numbered(150).forEach((line) => posts.add(line));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map(({ lines }) => lines)).toEqual([numbered(100)]);
    await sent[0]?.answer(true);
    expect(sent.map(({ lines }) => lines)).toEqual([numbered(100), numbered(50, 100)]);
  });

  it("posts at most two million characters at once, or a single longer line", async () => {
    const { sent, post } = answers();
    const posts = new Posts(post);
    const lines = [900_000, 900_000, 900_000, 3_000_000, 1].map((length) => "x".repeat(length));
    lines.forEach((line) => posts.add(line));
    await vi.advanceTimersByTimeAsync(0);
    for (let index = 0; index < 4; index++) await sent[index]?.answer(true);
    expect(sent.map((request) => request.lines.map((line) => line.length))).toEqual([
      [900_000, 900_000],
      [900_000],
      [3_000_000],
      [1],
    ]);
  });

  it("counts the characters until they are taken", async () => {
    const { sent, post } = answers();
    const posts = new Posts(post);
    posts.add("[12]");
    expect(posts.size).toBe(4);
    await vi.advanceTimersByTimeAsync(0);
    posts.add("[3]");
    expect(posts.size).toBe(7);
    await sent[0]?.answer(true);
    expect(posts.size).toBe(3);
    await sent[1]?.answer(true);
    expect(posts.size).toBe(0);
  });

  it("sends nothing any more once a post was not taken", async () => {
    const { sent, post } = answers();
    const posts = new Posts(post);
    numbered(150).forEach((line) => posts.add(line));
    await vi.advanceTimersByTimeAsync(0);
    await sent[0]?.answer(false);
    posts.add("[later]");
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(1);
  });
});

describe("base64", () => {
  it("is padded and in the standard alphabet", () => {
    expect(["", "\x00", "\xfb\xff", "\xfb\xff\xfe"].map((text) => toBase64(Buffer.from(text, "latin1")))).toEqual([
      "",
      "AA==",
      "+/8=",
      "+//+",
    ]);
  });

  it("takes bytes by the hundred thousand", () => {
    const bytes = Uint8Array.from({ length: 300_001 }, (_, index) => index % 251);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  });

  it("is read in either alphabet, padded or not", () => {
    expect(["+//+", "-__-"].map(fromBase64)).toEqual(["\xfb\xff\xfe", "\xfb\xff\xfe"]);
    expect(["AA==", "AA"].map(fromBase64)).toEqual(["\x00", "\x00"]);
  });
});
