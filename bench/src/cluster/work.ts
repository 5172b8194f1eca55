/** What a handler of an application does besides Wingbeat: reads a document of 20 kB, looks something up, writes it. */
const ITEMS = 200;

const stored = JSON.stringify(
  Array.from({ length: ITEMS }, (_, id) => ({
    id,
    title: `Item ${id}`,
    text: "y".repeat(60),
    votes: (id * 7919) % 101,
  })),
);

/** The length of the answer, so that nothing of it can be left out. */
export function find(): number {
  const items = JSON.parse(stored) as { id: number; votes: number }[];
  const best = items.toSorted((a, b) => b.votes - a.votes || a.id - b.id);
  return JSON.stringify(best).length;
}
