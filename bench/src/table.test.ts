import { describe, expect, it } from "vitest";
import { median, quantile, table } from "./table.ts";

const titles = { wingbeat: "Wingbeat", socketio: "Socket.IO", ws: "ws", phoenix: "Phoenix" };

describe("median", () => {
  it("takes the middle", () => expect(median([9, 1, 5])).toBe(5));
  it("takes the mean of the two in the middle", () => expect(median([1, 9, 3, 5])).toBe(4));
});

describe("quantile", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  it("takes the value that a share is below", () => expect(quantile(values, 0.99)).toBe(199));
  it("takes the highest one of a few", () => expect(quantile([2, 1], 1)).toBe(2));
});

describe("table", () => {
  it("gives medians of the values, and of the ratios of each round", () => {
    const values = new Map([
      ["wingbeat" as const, [1, 10, 4]],
      ["socketio" as const, [10, 20, 5]],
    ]);
    const lines = table(new Map([["fan100", values]]), ["wingbeat", "socketio"], titles).split("\n");
    expect(lines[0]).toBe("| test | per | Wingbeat | Socket.IO | Wingbeat ÷ Socket.IO |");
    expect(lines[2]).toBe("| broadcast to 100, 1 in flight (`fan100`) | delivery | 4.0 µs | 10.0 µs | 0.50 |");
  });

  it("has no ratios without Wingbeat", () => {
    const values = new Map([["ws" as const, [12_345]]]);
    const lines = table(new Map([["idle10000", values]]), ["ws"], titles).split("\n");
    expect(lines[0]).toBe("| test | per | ws |");
    expect(lines[2]).toBe("| memory of a joined idle connection, 10,000 (`idle10000`) | connection | 12.3 kB |");
  });
});
