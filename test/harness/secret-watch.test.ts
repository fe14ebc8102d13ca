/** A secret that gets out is found, whichever way it takes; what belongs where it stands is not. */
import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { queryAsAdmin } from './admin-query.ts';
import { cloneDatabase } from './postgres.ts';
import {
  learnSecrets,
  lookAtAddress,
  lookAtStatements,
  lookForSecrets,
  lookIntoDatabase,
  rememberSecret,
  takeLeaks,
} from './secret-watch.ts';
import { TEST_SECRETS } from './secrets.ts';

const secret = `secret-${randomBytes(9).toString('hex')}`;
beforeEach(() => {
  takeLeaks();
  rememberSecret(secret);
});

test.each(TEST_SECRETS)('a secret of the install in a log line is found (%#)', (one) => {
  lookForSecrets('the log', JSON.stringify({ level: 30, msg: `began with ${one}` }));
  expect(takeLeaks()).toHaveLength(1);
});

test('a leak names its place and shows no whole secret', () => {
  lookForSecrets('/metrics', `requests{path="/x/${secret}"} 1`);
  const [leak] = takeLeaks();
  expect(leak).toContain('/metrics');
  expect(leak).not.toContain(secret);
  expect(takeLeaks()).toEqual([]);
});

test('what a request or an answer calls a secret is known from then on', () => {
  learnSecrets({
    data: [{ name: 'App', fb_app_secret: 'the secret of the app' }],
    password: 'a fine password',
  });
  lookForSecrets('an error', 'bad value "the secret of the app"');
  lookForSecrets('an error', 'bad value "a fine password"');
  lookForSecrets('an error', 'bad value "App"');
  expect(takeLeaks()).toHaveLength(2);
});

test('tokens are found by their shape, also those that nobody has seen', () => {
  lookForSecrets('the log', `token EAA${'b'.repeat(40)} was refused`);
  lookForSecrets('the log', `Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${'s'.repeat(43)}`);
  lookForSecrets('the log', `key sb_${'k'.repeat(49)}`);
  expect(takeLeaks()).toHaveLength(3);
});

test('an address may carry a token only where Meta’s documentation says so', () => {
  lookAtAddress(`/api/v1/things?token=${encodeURIComponent(secret)}`);
  lookAtAddress(`/simulator/graph/v25.0/me?access_token=${secret}`);
  expect(takeLeaks()).toHaveLength(2);
  lookAtAddress(`/simulator/graph/v25.0/debug_token?input_token=${secret}`);
  lookAtAddress(`/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${secret}`);
  expect(takeLeaks()).toEqual([]);
});

test('a secret in a text, a JSON or the bytes of any table is found, and one in a running statement', async () => {
  const database = await cloneDatabase();
  try {
    await lookIntoDatabase(database.adminUrl);
    expect(takeLeaks()).toEqual([]);
    await queryAsAdmin(database, `INSERT INTO organizations (id, name) VALUES ('planted', $1)`, [secret]);
    await queryAsAdmin(
      database,
      `INSERT INTO app.webhook_deliveries (body, signed_by) VALUES ($1, 'install')`,
      [Buffer.from(`{"text":"${secret}"}`)],
    );
    await lookIntoDatabase(database.adminUrl);
    expect(takeLeaks().map((leak) => leak.split(':', 1)[0])).toEqual(
      expect.arrayContaining(['the table organizations', expect.stringContaining('webhook_deliveries')]),
    );
    const asking = queryAsAdmin(database, `SELECT pg_sleep(1), '${secret}'`);
    for (let found: string[] = []; found.length === 0; found = takeLeaks())
      await lookAtStatements(database.adminUrl);
    await asking;
  } finally {
    await database.drop();
  }
});
