/** The members of the forum. They never change; what can change about them is in `state.ts`. */
export type Role = "admin" | "moderator" | "user";

export interface Member {
  readonly id: number;
  readonly name: string;
  readonly roles: readonly Role[];
}

export const MEMBERS: readonly Member[] = [
  { id: 1, name: "Ada", roles: ["admin", "user"] },
  { id: 2, name: "Grace", roles: ["moderator", "user"] },
  { id: 3, name: "Linus", roles: ["user"] },
  { id: 4, name: "Margaret", roles: ["user"] },
];

export function memberOf(id: number | undefined): Member | undefined {
  return MEMBERS.find((member) => member.id === id);
}
