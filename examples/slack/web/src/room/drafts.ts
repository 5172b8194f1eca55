/** What is typed and not sent, for each room of this tab. */

const keyOf = (userId: number, roomId: number) => `roost:draft:${userId}:${roomId}`;

export const draftOf = (userId: number, roomId: number): string => sessionStorage.getItem(keyOf(userId, roomId)) ?? "";

export function keepDraft(userId: number, roomId: number, text: string): void {
  if (text === "") sessionStorage.removeItem(keyOf(userId, roomId));
  else {
    try {
      sessionStorage.setItem(keyOf(userId, roomId), text);
    } catch {
      // More than a browser keeps: it is there as long as it is on the screen.
    }
  }
}
