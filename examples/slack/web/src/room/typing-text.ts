/** A sentence, or an empty text when nobody types. */
export function typingText(names: readonly string[]): string {
  const [first, second, ...more] = names;
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing…`;
  if (more.length === 0) return `${first} and ${second} are typing…`;
  if (more.length === 1) return `${first}, ${second} and ${more[0]} are typing…`;
  return "Several people are typing…";
}
