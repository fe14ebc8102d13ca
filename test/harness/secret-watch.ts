/**
 * Looks, in every test of a whole server, for secrets where none may be: log lines, metrics, addresses, error answers, PostgreSQL's
 * list of running statements, and every column of every table. What must stay true: a secret that any test sends or is given is
 * known here without anybody saying so, and one that shows up fails the file (watch-for-secrets.ts).
 */
import pg from 'pg';
import { TEST_SECRETS } from './secrets.ts';

/** Properties whose text is a secret, in what tests send and in what they are answered. */
const SECRET_NAMES =
  /^((new_|current_|old_)?password|(.*_)?(access|refresh|verify)_token|token|(.*_)?secret|api_key|recovery_codes|temporary_password)$/;
/** Shorter ones stand in ids and texts by chance. */
const LEAST_LENGTH = 10;
/** What tokens of ours and of Meta look like, whoever made them. */
const SHAPES = [
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/,
  // Behind a hyphen it is a piece of sealed text, which may hold any letters.
  /(?<![\w-])EAA[A-Za-z0-9]{24,}/,
  /\bsb_[A-Za-z0-9]{49}/,
];

const known = new Set<string>();
const leaks: string[] = [];

/** For secrets that travel by another way than requests. */
export function rememberSecret(value: string): void {
  if (value.length >= LEAST_LENGTH) known.add(value);
}
for (const secret of TEST_SECRETS) rememberSecret(secret);

/** Remembers every secret in a request's or an answer's JSON. */
export function learnSecrets(value: unknown): void {
  if (Array.isArray(value)) value.forEach(learnSecrets);
  if (typeof value !== 'object' || value === null) return;
  const members = Object.entries(value);
  // An example that says the same everywhere keeps nothing secret.
  const plain = members.flatMap(([name, member]) => (SECRET_NAMES.test(name) ? [] : [member as unknown]));
  for (const [name, member] of members) {
    const texts = SECRET_NAMES.test(name) ? [member].flat() : [];
    for (const text of texts) if (typeof text === 'string' && !plain.includes(text)) rememberSecret(text);
    learnSecrets(member);
  }
}

/** Notes the secrets that stand in a text; the note names the place and the beginning of what stands there. */
export function lookForSecrets(place: string, text: string): void {
  for (const secret of known) {
    if (text.includes(secret)) leaks.push(`${place}: …${around(text, secret)}…`);
    // Bytes come out of PostgreSQL, and go into some logs, as hexadecimal.
    const hex = Buffer.from(secret).toString('hex');
    if (text.includes(hex)) leaks.push(`${place}: …${around(text, hex)}… (hexadecimal)`);
  }
  for (const shape of SHAPES) {
    const [found] = shape.exec(text) ?? [];
    if (found !== undefined && !known.has(found)) leaks.push(`${place}: …${around(text, found)}…`);
  }
}

function around(text: string, found: string): string {
  const at = text.indexOf(found);
  return text.slice(Math.max(0, at - 60), at + 12).replaceAll('\n', ' ');
}

/** Meta's own documentation puts a token into the address of these: the one that is asked about, the word of the handshake. */
const DOCUMENTED = /\/debug_token\?|^\/webhooks\/[^?]*\?(.*&)?hub\./;

/** Of a request, as it came over the wire. */
export function lookAtAddress(address: string): void {
  if (!DOCUMENTED.test(address)) lookForSecrets('an address', decodeURIComponentSafely(address));
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every column of every table, and the statements that run. */
export async function lookIntoDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND pg_relation_size(c.oid) > 0`,
    );
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      lookForSecrets(`the table ${name}`, text);
      if (text.includes('enc_v1:')) leaks.push(...(await listUnknownSeals(client, name)));
    }
  } finally {
    await client.end();
  }
}

/** Columns with sealed text that `rotate-keys` would not find. */
async function listUnknownSeals(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ column: string }>(
    `SELECT DISTINCT e.key AS column FROM ${table} t, jsonb_each_text(to_jsonb(t)) e WHERE starts_with(e.value, 'enc_v1:')
     AND NOT EXISTS (SELECT FROM app.sealed_columns() s WHERE s.table_name = $1 AND s.column_name = e.key)`,
    [table],
  );
  return rows.map(({ column }) => `${table}.${column} holds sealed text and is not in app.sealed_columns()`);
}

/** What runs, or ran last, on the connections of the database. */
export async function lookAtStatements(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ query: string }>(
      'SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    lookForSecrets('pg_stat_activity', rows.map(({ query }) => query).join('\n'));
  } finally {
    await client.end();
  }
}

/** What was found since the last time. */
export function takeLeaks(): string[] {
  return [...new Set(leaks.splice(0))];
}
