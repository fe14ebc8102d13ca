/**
 * Puts updates into the envelope of a webhook POST: consecutive updates of one WABA share an entry, several WABAs may
 * share a POST. The order of the updates is the order in the body.
 */
import type { FreshUpdate } from '../state/state.ts';
import { escapeLikeMeta } from './sign.ts';

type Entry = { id: string; time?: number; changes: { value: object; field: string }[] };

export type EnvelopeOptions = { unknownFields: boolean; escapeUnicode: boolean };

/** The exact text of the POST body for these updates. */
export function envelopeOf(updates: readonly FreshUpdate[], options: EnvelopeOptions): string {
  const entry: Entry[] = [];
  for (const update of updates) {
    const value = options.unknownFields ? withUnknownFields(update.value) : update.value;
    const last = entry.at(-1);
    const sameEntry = last?.id === update.entry_id && last.time === (update.time ?? undefined);
    const target = sameEntry ? last : newEntry(update);
    if (!sameEntry) entry.push(target);
    target.changes.push({ value, field: update.field });
  }
  const json = JSON.stringify({ object: 'whatsapp_business_account', entry });
  return options.escapeUnicode ? escapeLikeMeta(json) : json;
}

function newEntry(update: FreshUpdate): Entry {
  return update.time === null
    ? { id: update.entry_id, changes: [] }
    : { id: update.entry_id, time: update.time, changes: [] };
}

/** Adds keys that no reader can know, at every level that Meta might extend. */
function withUnknownFields(value: Record<string, unknown>): Record<string, unknown> {
  const extended: Record<string, unknown> = { ...value, tomorrow: { kind: 'unheard_of', level: 3 } };
  for (const list of ['messages', 'statuses', 'contacts']) {
    const items = value[list];
    if (Array.isArray(items))
      extended[list] = items.map((item: object) => ({ ...item, tomorrow: ['new', 1, null] }));
  }
  return extended;
}
