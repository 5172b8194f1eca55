/** Somebody who looks: asks a node for views, as the page and `wingbeat top` do. */
import type { Answer, ViewName } from "wingbeat/inspector";

const VIEWS: readonly ViewName[] = ["overview", "topics", "connections", "events"];
const EVERY = 1_000;

export async function ask<View extends ViewName>(port: number, view: View): Promise<Answer<View>> {
  const response = await fetch(`http://127.0.0.1:${port}/inspector/snapshot/${view}?query={}`);
  if (!response.ok) throw new Error(`${view}: HTTP ${response.status}`);
  return (await response.json()) as Answer<View>;
}

/** Asks for four views once a second. Returns the function that ends it. */
export function look(port: number): () => void {
  const askAll = async (): Promise<void> => void (await Promise.all(VIEWS.map((view) => ask(port, view))));
  const timer = setInterval(() => void askAll(), EVERY);
  return () => clearInterval(timer);
}
