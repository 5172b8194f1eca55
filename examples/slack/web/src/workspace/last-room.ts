/** The room to come back to, for each user of this browser. */

const key = (userId: number) => `roost:last-room:${userId}`;

export const rememberRoom = (userId: number, roomId: number): void => localStorage.setItem(key(userId), String(roomId));

export function lastRoom(userId: number): number | null {
  const stored = localStorage.getItem(key(userId));
  return stored === null ? null : Number(stored);
}
