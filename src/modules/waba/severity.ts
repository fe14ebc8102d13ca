/** How grave a thing is that people are told of an account. Pure. */

/** From good news to what stops messages. */
export type Severity = 'good' | 'info' | 'warning' | 'critical';

/** What a table says of one of Meta's words; words that Meta adds are no alarm. */
export function severityOf(table: Record<string, Severity>, word: string): Severity {
  return Object.hasOwn(table, word) ? (table[word] ?? 'info') : 'info';
}
