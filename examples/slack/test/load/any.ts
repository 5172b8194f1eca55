/** One of them, by chance. */
export function any<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}
