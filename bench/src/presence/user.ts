/** A user as both servers tell of one: the same number of characters for all, about 50 of JSON. */
export interface User {
  id: number;
  name: string;
  device: string;
}

const FIRST = 10_000_000;

export function userOf(number: number): User {
  const id = FIRST + number;
  return { id, name: `User ${id}`, device: "phone" };
}
