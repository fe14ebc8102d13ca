/**
 * An organization's credentials: its own configuration first, the environment second, field by field; an empty text counts as absent,
 * a configuration that is switched off or deleted does not count. What must stay true: nobody uses what is not theirs. The install's
 * app and addresses are meant for every organization; the operator's own number and token (WHATSAPP_*) only for organizations in
 * which an admin of the install works; and the install's app secret never goes with another app's id.
 */
import type { SigningSecret } from '../../graph-api/signature.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SecretBox, SecretPlace } from '../../platform/crypto/secret-box.ts';
import type { ConfigurationCache } from './config-cache.ts';
import type { InstallCredentials } from './install-credentials.ts';
import type { ConfigRow, Configurations } from './queries.ts';

/** The values by the names that `getAllConfig` answers. */
export const configNames = [
  'phone_id',
  'access_token',
  'waba_id',
  'app_id',
  'app_secret',
  'verify_token',
  'callback_url',
  'redirect_url',
] as const;
/** One of those names. */
export type ConfigName = (typeof configNames)[number];
/** Where a value comes from. */
export type ConfigSource = 'database' | 'environment' | 'simulator';

/** The columns that hold secrets, sealed for their row. */
export const sealedColumns = [
  'access_token',
  'fb_app_secret',
  'verify_token',
  'refresh_token',
  'previous_app_secret',
] as const;
/** One of those columns. */
export type SealedColumn = (typeof sealedColumns)[number];

const COLUMNS = {
  phone_id: 'phone_number_id',
  access_token: 'access_token',
  waba_id: 'waba_id',
  app_id: 'fb_app_id',
  app_secret: 'fb_app_secret',
  verify_token: 'verify_token',
  callback_url: 'callback_url',
  redirect_url: 'redirect_url',
} as const satisfies Record<ConfigName, keyof ConfigRow>;

/** What loading needs of the process. */
export type ConfigContext = {
  configurations: ConfigurationCache;
  install: InstallCredentials;
  secretBox: SecretBox;
  clock: Clock;
};

/** A configuration keeps its id and organization for life, so together they name the row. */
export function configPlace(row: { id: number; tenant_id: string }, column: SealedColumn): SecretPlace {
  return { table: 'tenant_configs', rowId: `${row.tenant_id}/${String(row.id)}`, column };
}

/** Whether it counts: switched on and not deleted. */
export function isLive(row: Pick<ConfigRow, 'is_active' | 'deleted_at'>): boolean {
  return row.is_active && row.deleted_at === null;
}

/** Deliveries that a configuration signed which is switched off or deleted: kept under its name until it lives again. */
export function dormantSigner(configurationId: number): string {
  return `dormant:${String(configurationId)}`;
}

/** Whether a delivery has to wait until the configuration that signed it lives again. */
export function isDormantSigner(signer: string): boolean {
  return signer.startsWith('dormant:');
}

/** Of an organization's configurations that are switched off or deleted so many may still sign. */
const MOST_DORMANT = 5;

type Found = { value: string; source: ConfigSource } | null;

/** One organization's values at one moment; load it anew for each use. */
export class ConfigLoader {
  readonly #context: ConfigContext;
  readonly #configurations: Configurations;
  readonly #live: ConfigRow | null;

  private constructor(context: ConfigContext, configurations: Configurations) {
    this.#context = context;
    this.#configurations = configurations;
    this.#live = configurations.rows.find(isLive) ?? null;
  }

  /** Reads from memory when it was asked within seconds. An unknown organization has nothing but what is meant for all. */
  static async load(context: ConfigContext, tenantId: string): Promise<ConfigLoader> {
    return new ConfigLoader(context, await context.configurations.get(tenantId));
  }

  /** Whether the organization has a configuration of its own that is switched on. */
  hasTenantConfig(): boolean {
    return this.#live !== null;
  }

  getPhoneId(): string | null {
    return this.#find('phone_id')?.value ?? null;
  }

  getAccessToken(): string | null {
    return this.#find('access_token')?.value ?? null;
  }

  getWabaId(): string | null {
    return this.#find('waba_id')?.value ?? null;
  }

  getAppId(): string | null {
    return this.#find('app_id')?.value ?? null;
  }

  getAppSecret(): string | null {
    return this.#find('app_secret')?.value ?? null;
  }

  getVerifyToken(): string | null {
    return this.#find('verify_token')?.value ?? null;
  }

  getCallbackUrl(): string | null {
    return this.#find('callback_url')?.value ?? null;
  }

  getRedirectUrl(): string | null {
    return this.#find('redirect_url')?.value ?? null;
  }

  /** The configuration of Embedded Signup in the organization's own app; the database's only. */
  getEmbeddedSignupConfigId(): string | null {
    return this.#live?.fb_config_id || null;
  }

  /** Every value by its name. Holds secrets: not for answers or logs. */
  getAllConfig(): Record<ConfigName, string | null> {
    const values = configNames.map((name) => [name, this.#find(name)?.value ?? null] as const);
    return Object.fromEntries(values) as Record<ConfigName, string | null>;
  }

  /** Where a value comes from; null when nothing is configured. */
  getSource(name: ConfigName): ConfigSource | null {
    return this.#find(name)?.source ?? null;
  }

  /** The verify token of the organization's own webhook address: its own, never the install's. */
  getOwnVerifyToken(): string | null {
    return this.#own('verify_token');
  }

  /**
   * Whoever may sign at the organization's own webhook address: the live configuration's app secret and, for a day after it was
   * changed, the one before it. Where none lives, the secrets of those that wait to be switched on or restored, under their names: of
   * the last few, because every one is tried on whatever a stranger sends.
   */
  getSigningSecrets(organizationId: string): SigningSecret[] {
    if (this.#live !== null) return this.#secretsOf(this.#live, organizationId);
    const endedAt = ({ deleted_at: at }: ConfigRow) => at?.getTime() ?? Infinity;
    return this.#configurations.rows
      .filter((row) => row.fb_app_secret !== null)
      .toSorted((a, b) => (endedAt(a) === endedAt(b) ? 0 : endedAt(b) - endedAt(a)))
      .slice(0, MOST_DORMANT)
      .flatMap((row) => this.#secretsOf(row, dormantSigner(row.id)));
  }

  #secretsOf(row: ConfigRow, id: string): SigningSecret[] {
    const until = row.previous_app_secret_until?.getTime() ?? -Infinity;
    const overlaps = until > this.#context.clock.now().getTime();
    const secrets = [
      this.#opened(row, 'fb_app_secret'),
      overlaps ? this.#opened(row, 'previous_app_secret') : null,
    ];
    return secrets.flatMap((secret) => (secret === null ? [] : [{ id, secret }]));
  }

  #find(name: ConfigName): Found {
    const own = this.#own(name);
    if (own !== null) return { value: own, source: 'database' };
    const value = this.#fromInstall(name);
    if (value === null || value === '') return null;
    const { appSource } = this.#context.install;
    const isSimulated = appSource === 'simulator' && ['app_id', 'app_secret', 'verify_token'].includes(name);
    return { value, source: isSimulated ? 'simulator' : 'environment' };
  }

  #own(name: ConfigName): string | null {
    if (this.#live === null) return null;
    if (name === 'access_token' || name === 'verify_token') return this.#opened(this.#live, name);
    if (name === 'app_secret') return this.#opened(this.#live, 'fb_app_secret');
    return this.#live[COLUMNS[name]] || null;
  }

  #opened(row: ConfigRow, column: SealedColumn): string | null {
    const sealed = row[column];
    return sealed ? this.#context.secretBox.open(sealed, configPlace(row, column)) : null;
  }

  #fromInstall(name: ConfigName): string | null {
    const { install } = this.#context;
    const ownAppId = this.#live?.fb_app_id || install.appId;
    const operators = this.#configurations.isOperators;
    switch (name) {
      case 'app_id':
        return install.appId;
      case 'app_secret':
        return ownAppId === install.appId ? install.appSecret : null;
      case 'verify_token':
        return install.verifyToken;
      case 'callback_url':
        return install.callbackUrl;
      case 'redirect_url':
        return install.redirectUrl;
      case 'phone_id':
        return operators ? install.phoneId : null;
      case 'access_token':
        return operators ? install.accessToken : null;
      case 'waba_id':
        return operators ? install.wabaId : null;
    }
  }
}
