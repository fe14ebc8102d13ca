/** Removes files that nothing refers to: of deleted messages, customers and agents, and what a killed download left. Can be repeated. */
import { rm } from 'node:fs/promises';
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { listKeptNames } from './queries.ts';

/** A file is written before its row knows it: younger ones may still be on their way. */
const LEFT_OVER_AFTER_MS = 24 * 3_600_000;
const BATCH = 500;

/** How many files were removed. */
export async function removeLeftovers(app: App, olderThanMs: number = LEFT_OVER_AFTER_MS): Promise<number> {
  let removed = 0;
  let batch: { path: string; name: string }[] = [];
  const check = async () => {
    const kept = new Set(
      await asClaimer(app, (tx) => listKeptNames(tx, [...new Set(batch.map((file) => file.name))])),
    );
    for (const { path, name } of batch) {
      if (kept.has(name) && !path.endsWith('.part')) continue;
      await rm(path, { force: true });
      removed++;
    }
    batch = [];
  };
  for await (const file of app.media.files.olderThan(olderThanMs)) {
    batch.push(file);
    if (batch.length >= BATCH) await check();
  }
  if (batch.length > 0) await check();
  return removed;
}
