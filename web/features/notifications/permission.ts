/** Whether this browser lets the app show notices. Browsers know them only on https and on this machine itself. */

export type NoticePermission = NotificationPermission | 'unsupported';

export function noticePermission(): NoticePermission {
  return typeof Notification === 'undefined' ? 'unsupported' : Notification.permission;
}

export function mayNotify(): boolean {
  return noticePermission() === 'granted';
}

/** Asks the person, once: a browser that was refused asks no more. Only from a click. */
export async function askToNotify(): Promise<NoticePermission> {
  return typeof Notification === 'undefined' ? 'unsupported' : Notification.requestPermission();
}
