/** The people of the demo: everybody can log in as any of them. */
import type { GlobalRole } from "../contract.ts";

export const PASSWORD = "roost-demo";

export interface DemoPerson {
  readonly username: string;
  readonly name: string;
  readonly hue: number;
  readonly roles: readonly GlobalRole[];
}

export const PEOPLE: readonly DemoPerson[] = [
  { username: "alice", name: "Alice Winter", hue: 262, roles: ["user", "admin"] },
  { username: "bob", name: "Bob Okafor", hue: 205, roles: ["user"] },
  { username: "carol", name: "Carol Reyes", hue: 338, roles: ["user"] },
  { username: "dave", name: "Dave Lindqvist", hue: 140, roles: ["user"] },
  { username: "erin", name: "Erin Novak", hue: 28, roles: ["user"] },
];
