import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, loadEnvironment, readConfig } from './config.ts';

const keyA = Buffer.alloc(32, 1).toString('base64');
const keyB = Buffer.alloc(32, 2).toString('base64');

/** The faulty variables, in the order in which they are reported. */
function faultsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.variable);
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('takes the addresses that Meta compares letter by letter as they are given', () => {
    const given = { CALLBACK_URL: 'https://firm.example/Hook/', REDIRECT_URL: 'https://firm.example' };
    expect(readConfig(given).config.whatsapp).toMatchObject({
      callbackUrl: 'https://firm.example/Hook/',
      redirectUrl: 'https://firm.example',
    });
    expect(faultsOf({ CALLBACK_URL: 'firm.example', REDIRECT_URL: 'ftp://firm.example' })).toEqual([
      'CALLBACK_URL',
      'REDIRECT_URL',
    ]);
  });

  it('starts with defaults on an empty environment, with the simulator and the embedded database', () => {
    const { config, secrets } = readConfig({});
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      databaseUrl: null,
      appDatabaseUrl: null,
      metaAppId: null,
      metaConfigId: null,
      graph: { apiUrl: null, apiVersion: 'v25.0' },
      whatsapp: { phoneId: null, wabaId: null, callbackUrl: null, redirectUrl: null },
      simulator: true,
      brandName: 'Switchboard',
      agentTablesLimit: 1000,
      logLevel: 'info',
      trustedProxies: [],
    });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect(new Set(Object.values(secrets))).toEqual(new Set([null]));
  });

  it('counts an empty string as absent', () => {
    expect(readConfig({ PORT: '', FB_APP_ID: '', ENCRYPTION_KEY: ' ' })).toEqual(readConfig({}));
  });

  it('derives the public address from the port', () => {
    expect(readConfig({ PORT: '8080' }).config.publicUrl).toBe('http://localhost:8080');
    expect(readConfig({ PUBLIC_URL: 'https://inbox.example.org/' }).config.publicUrl).toBe(
      'https://inbox.example.org',
    );
  });

  it('lists every fault at once', () => {
    const env = {
      PORT: '70000',
      HOST: 'http://here',
      PUBLIC_URL: 'inbox.example.org',
      DATABASE_URL: 'mysql://x',
      ENCRYPTION_KEY: 'c2hvcnQ=',
      SESSION_SECRET: 'short',
      FB_APP_ID: '1234',
      GRAPH_API_VERSION: '25',
      SIMULATOR: 'maybe',
      AGENT_TABLES_LIMIT: '-1',
      LOG_LEVEL: 'loud',
      TRUSTED_PROXIES: 'everyone',
    };
    expect(faultsOf(env).sort()).toEqual(
      [...Object.keys(env).filter((k) => k !== 'FB_APP_ID'), 'FB_APP_SECRET'].sort(),
    );
  });

  it('says what would be right and never repeats a value', () => {
    const secret = 'hunter2 hunter2';
    const env = {
      SESSION_SECRET: secret,
      DATABASE_URL: `mysql://me:${secret}@h/d`,
      ENCRYPTION_KEY: secret,
      PORT: secret,
    };
    const message = (() => {
      try {
        readConfig(env);
      } catch (error) {
        return String(error);
      }
      return '';
    })();
    expect(message).toContain('PORT: is not a whole number from 0 to 65535; leave it out for 3000.');
    expect(message).toContain('openssl rand -base64 32');
    expect(message).not.toContain('hunter2');
  });

  it('wants the Meta app whole, except that a forced simulator may have the secret alone', () => {
    expect(faultsOf({ FB_APP_ID: '1234' })).toEqual(['FB_APP_SECRET']);
    expect(faultsOf({ FB_APP_SECRET: 's3cret' })).toEqual(['FB_APP_ID']);
    expect(faultsOf({ FB_APP_ID: '1234', SIMULATOR: 'on' })).toEqual(['FB_APP_SECRET']);
    const { config, secrets } = readConfig({ FB_APP_SECRET: 's3cret', SIMULATOR: 'on' });
    expect([config.simulator, secrets.metaAppSecret]).toEqual([true, 's3cret']);
  });

  it('uses the simulator on its own exactly when no Meta app is configured', () => {
    const app = { FB_APP_ID: '1234', FB_APP_SECRET: 's3cret' };
    expect(readConfig(app).config).toMatchObject({
      simulator: false,
      graph: { apiUrl: 'https://graph.facebook.com' },
    });
    expect(readConfig({ ...app, SIMULATOR: 'on' }).config).toMatchObject({
      simulator: true,
      graph: { apiUrl: null },
    });
    expect(readConfig({ SIMULATOR: 'off' }).config.simulator).toBe(false);
    const other = readConfig({ GRAPH_API_URL: 'http://127.0.0.1:9/graph/' }).config;
    expect(other).toMatchObject({ simulator: true, graph: { apiUrl: 'http://127.0.0.1:9/graph' } });
  });

  it('reads several encryption keys, newest first, and refuses one of the wrong size or named twice', () => {
    const { secrets } = readConfig({ ENCRYPTION_KEY: `${keyA}, ${keyB}` });
    expect(secrets.encryptionKeys?.map((key) => key[0])).toEqual([1, 2]);
    expect(faultsOf({ ENCRYPTION_KEY: `${keyA},c2hvcnQ=` })).toEqual(['ENCRYPTION_KEY']);
    expect(faultsOf({ ENCRYPTION_KEY: `${keyA},${keyA}` })).toEqual(['ENCRYPTION_KEY']);
  });

  it('wants the administrator of an outside database with the role of the application', () => {
    const app = 'postgresql://app:pw@db/switchboard';
    expect(faultsOf({ APP_DATABASE_URL: app })).toEqual(['APP_DATABASE_URL']);
    expect(readConfig({ APP_DATABASE_URL: app, DATABASE_URL: app }).config.appDatabaseUrl).toBe(app);
  });

  it('takes a database on a socket', () => {
    const url = 'postgresql:///switchboard?host=/var/run/postgresql';
    expect(readConfig({ DATABASE_URL: url }).config.databaseUrl).toBe(url);
  });
});

describe('the environment', () => {
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-config-'));
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is completed by a .env file and wins over it, unless it is empty', () => {
    writeFileSync(join(directory, '.env'), 'PORT=4000\nBRAND_NAME="Blue Door"\nHOST=0.0.0.0\n');
    vi.stubEnv('PORT', '5000');
    vi.stubEnv('BRAND_NAME', '');
    const { config } = readConfig(loadEnvironment(directory));
    expect(config).toMatchObject({ port: 5000, brandName: 'Blue Door', host: '0.0.0.0' });
  });

  it('is described whole in .env.example, which changes nothing when it is copied as it stands', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    expect(parseEnv(example)).toEqual({});
    const described = [...example.matchAll(/^# ([A-Z_]+)=/gm)].map((match) => match[1]);
    const code = readFileSync(new URL('./config.ts', import.meta.url), 'utf8');
    const read = [...code.matchAll(/read\.(?!fault)\w+\('([A-Z_]+)'/g)].map((match) => match[1]);
    expect(read.length).toBeGreaterThan(20);
    expect([...described].sort()).toEqual([...new Set(read)].sort());
  });

  it('is taken with the defaults that .env.example shows', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const names = [
      'PORT',
      'HOST',
      'PUBLIC_URL',
      'DATA_DIR',
      'AGENT_TABLES_LIMIT',
      'GRAPH_API_VERSION',
      'SIMULATOR',
      'BRAND_NAME',
      'LOG_LEVEL',
    ];
    const shown = names.map((name) => [name, new RegExp(`^# ${name}=(.*)$`, 'm').exec(example)?.[1]]);
    expect(readConfig(Object.fromEntries(shown) as NodeJS.ProcessEnv)).toEqual(readConfig({}));
  });
});
