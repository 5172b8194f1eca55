/** Who can be notified. A mention is a name after an @, in any case. */
export interface User {
  readonly id: number;
  readonly name: string;
}

export const USERS: readonly User[] = [
  { id: 21, name: "Ada" },
  { id: 22, name: "Grace" },
  { id: 23, name: "Linus" },
  { id: 123, name: "Margaret" },
];

export function userOf(id: number | undefined): User | undefined {
  return USERS.find((user) => user.id === id);
}

/** Whom a text mentions: each once, whatever else is behind an @. */
export function mentionedIn(text: string): User[] {
  const names = new Set([...text.matchAll(/@([\p{L}\p{N}_]+)/gu)].map(([, name]) => (name as string).toLowerCase()));
  return USERS.filter(({ name }) => names.has(name.toLowerCase()));
}
