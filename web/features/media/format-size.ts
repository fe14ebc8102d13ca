/** The size of a file for people, as their system's file manager would say it. */
const units = ['B', 'KB', 'MB', 'GB'] as const;

/** `1.4 MB` from bytes. */
export function formatSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  const digits = power === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits)} ${units[power] ?? ''}`;
}
