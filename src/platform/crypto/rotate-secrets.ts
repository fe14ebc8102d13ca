/**
 * Seals every secret at rest anew with the newest key, while everything runs. It can be stopped and started again, and run several
 * times at once: what the newest key has sealed is passed over, and a secret that somebody changed in between is left as they
 * changed it. Afterwards no older key is needed.
 */
import { sql } from 'kysely';
import { asUpkeeper, type Databases, type Tx } from '../db/tx.ts';
import { SecretUnreadable, type SecretBox } from './secret-box.ts';

/** Pages of a table at a time: some thousand secrets, in one short transaction. */
const PAGES = 64;

type Column = { table: string; column: string };
export type Rotation = {
  /** Secrets that were sealed anew. */
  rotated: number;
  /** One line for each secret that none of the keys opens; it stays as it is. */
  unreadable: string[];
};
type Rotating = {
  app: { databases: Databases; secretBox: SecretBox };
  /** One line of text now and then. */
  report: (line: string) => void;
  /** Ends it early, between two transactions. */
  signal?: AbortSignal;
};

export async function rotateSecrets(rotating: Rotating): Promise<Rotation> {
  const total: Rotation = { rotated: 0, unreadable: [] };
  for (const column of await asUpkeeper(rotating.app, listColumns)) {
    const { rotated, unreadable } = await rotateColumn(rotating, column);
    if (rotated > 0)
      rotating.report(`${column.table}.${column.column}: ${String(rotated)} sealed with the newest key`);
    total.rotated += rotated;
    total.unreadable.push(...unreadable);
  }
  return total;
}

/** Passes over the table until one finds nothing: a row that is changed meanwhile moves to another page. */
async function rotateColumn(rotating: Rotating, column: Column): Promise<Rotation> {
  let rotated = 0;
  for (;;) {
    const pass = await passOver(rotating, column, rotated);
    rotated += pass.rotated;
    if (pass.rotated === 0 || rotating.signal?.aborted) return { rotated, unreadable: pass.unreadable };
  }
}

async function passOver(rotating: Rotating, column: Column, before: number): Promise<Rotation> {
  const { app, report, signal } = rotating;
  const pages = await asUpkeeper(app, (tx) => countPages(tx, column));
  const pass: Rotation = { rotated: 0, unreadable: [] };
  for (let page = 0; page < pages && !signal?.aborted; page += PAGES) {
    const { rotated, unreadable } = await asUpkeeper(app, (tx) =>
      rotatePages(app.secretBox, tx, { ...column, page }),
    );
    pass.rotated += rotated;
    pass.unreadable.push(...unreadable);
    if (rotated > 0 && page + PAGES < pages)
      report(`${column.table}.${column.column}: ${String(before + pass.rotated)} so far`);
  }
  return pass;
}

async function rotatePages(box: SecretBox, tx: Tx, at: Column & { page: number }): Promise<Rotation> {
  const unreadable: string[] = [];
  const found = await listStale(tx, at, box.newestKeyId);
  const renewed = found.flatMap(({ place, row_id: rowId, sealed }) => {
    const secretPlace = { table: at.table, rowId, column: at.column };
    try {
      return [{ place, sealed, renewed: box.seal(box.open(sealed, secretPlace), secretPlace) }];
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      unreadable.push(error.message);
      return [];
    }
  });
  return { rotated: renewed.length === 0 ? 0 : await replace(tx, at, renewed), unreadable };
}

async function listColumns(tx: Tx): Promise<Column[]> {
  const { rows } = await sql<Column>`
    SELECT table_name AS table, column_name AS column FROM app.sealed_columns()`.execute(tx.db);
  return rows;
}

async function countPages(tx: Tx, { table }: Column): Promise<number> {
  const { rows } = await sql<{ pages: number }>`SELECT app.count_pages(${table}) AS pages`.execute(tx.db);
  return rows[0]?.pages ?? 0;
}

type Stale = { place: string; row_id: string; sealed: string };

async function listStale(
  tx: Tx,
  { table, column, page }: Column & { page: number },
  newest: string,
): Promise<Stale[]> {
  const { rows } = await sql<Stale>`
    SELECT place::text, row_id, sealed FROM app.list_stale_secrets(${table}, ${column}, ${newest}, ${page}, ${PAGES})`.execute(
    tx.db,
  );
  return rows;
}

async function replace(
  tx: Tx,
  { table, column }: Column,
  secrets: { place: string; sealed: string; renewed: string }[],
): Promise<number> {
  const places = secrets.map(({ place }) => place);
  const { rows } = await sql<{ replaced: number }>`
    SELECT app.replace_secrets(${table}, ${column}, ${places}::tid[], ${secrets.map(({ sealed }) => sealed)}::text[],
      ${secrets.map(({ renewed }) => renewed)}::text[]) AS replaced`.execute(tx.db);
  return rows[0]?.replaced ?? 0;
}
