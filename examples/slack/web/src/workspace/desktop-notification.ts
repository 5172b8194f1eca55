/** What the system shows outside of the page, where the user and the browser allow it. */

export interface DesktopMessage {
  readonly title: string;
  readonly body: string;
  readonly roomId: number;
  readonly onClick: () => void;
}

export const canNotify = (): boolean => typeof Notification !== "undefined" && Notification.permission === "granted";

/** Asks the user when the browser has not done so yet. */
export async function allowNotifications(): Promise<boolean> {
  if (typeof Notification === "undefined") return false;
  return (await Notification.requestPermission()) === "granted";
}

/** One per room: the next one takes its place, also that of another tab. Does nothing where it is not allowed. */
export function showDesktopNotification({ title, body, roomId, onClick }: DesktopMessage): void {
  if (!canNotify()) return;
  const notification = new Notification(title, { body, tag: `roost-room-${roomId}`, icon: "/icon.svg" });
  notification.addEventListener("click", () => {
    window.focus();
    onClick();
    notification.close();
  });
}
