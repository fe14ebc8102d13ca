/** How long a deleted configuration waits to be restored. Pure. */

/** After so many days a deleted configuration is removed for good. */
export const RESTORABLE_DAYS = 30;

/** When a deleted configuration can no longer be restored. */
export function restorableUntil(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + RESTORABLE_DAYS * 86_400_000);
}
