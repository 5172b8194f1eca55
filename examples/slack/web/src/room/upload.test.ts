import { expect, it } from "vitest";
import { sortedOut } from "./upload.ts";

const images = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => ({ name: `${from + index}.png`, type: "image/png", size: 1 }));

it("takes ten images for a message, and says how many it leaves out", () => {
  expect(sortedOut(images(10), 0)).toEqual({ taken: images(10), refusals: [] });
  expect(sortedOut(images(13), 0)).toEqual({
    taken: images(10),
    refusals: ["A message takes 10 images: 3 images are left out."],
  });
});

it("counts those that the message has already, and names the one that is too many", () => {
  expect(sortedOut(images(3), 8)).toEqual({
    taken: images(2),
    refusals: ["A message takes 10 images: 3.png is left out."],
  });
});

it("gives no place to what is no image, or too large", () => {
  const text = { name: "a.txt", type: "text/plain", size: 1 };
  const large = { name: "b.png", type: "image/png", size: 50_000_000 };
  expect(sortedOut([text, large, ...images(10)], 0)).toEqual({
    taken: images(10),
    refusals: ["a.txt is no PNG, JPEG, GIF or WebP image.", "b.png is larger than 5 MB."],
  });
});
