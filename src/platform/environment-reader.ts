/**
 * Reads single environment variables and collects what is wrong with them instead of stopping at the first fault.
 * A fault never repeats the value: any variable may hold a secret that was pasted into the wrong place.
 */
import { isIP } from 'node:net';

/** One faulty variable: its name, what is wrong, and what would be right. */
export type ConfigFault = { variable: string; problem: string; remedy: string };

/** Typed readers over an environment; absent and empty variables read as null or the default. */
export class EnvironmentReader {
  readonly faults: ConfigFault[] = [];
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Notes a fault; reading goes on so that all faults are found in one run. */
  fault(variable: string, problem: string, remedy: string): void {
    this.faults.push({ variable, problem, remedy });
  }

  /** The value exactly as given, for passwords whose blanks may matter. */
  verbatim(name: string): string | null {
    const value = this.#env[name];
    return value === undefined || value === '' ? null : value;
  }

  /** The value without blanks around it. */
  text(name: string): string | null {
    const value = this.verbatim(name)?.trim();
    return value === undefined || value === '' ? null : value;
  }

  integer(name: string, range: { default: number; least: number; most: number }): number {
    const text = this.text(name);
    if (text === null) return range.default;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= range.least && value <= range.most) return value;
    const bounds = `${String(range.least)} to ${String(range.most)}`;
    this.fault(name, `is not a whole number from ${bounds}`, `leave it out for ${String(range.default)}`);
    return range.default;
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return fallback;
    const found = choices.find((choice) => choice === text);
    if (found === undefined)
      this.fault(name, 'is none of the known values', `use one of ${choices.join(', ')}`);
    return found ?? fallback;
  }

  /** An id of Meta's: opaque, but never with blanks or punctuation of URLs. */
  identifier(name: string): string | null {
    const text = this.text(name);
    if (text === null || /^[\w.-]{1,64}$/.test(text)) return text;
    this.fault(name, 'is not an id', "copy the id alone, up to 64 letters, digits, '_', '.' or '-'");
    return null;
  }

  host(name: string): string | null {
    const text = this.text(name);
    if (text === null || isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) return text;
    this.fault(
      name,
      'is not a host name or address',
      'use a name or address without scheme and port, like 0.0.0.0',
    );
    return null;
  }

  /** An http(s) URL without credentials or fragment, without a trailing slash. */
  url(name: string): string | null {
    const url = this.#webUrl(name);
    if (url === null) return null;
    return url.href.endsWith('/') && url.search === '' ? url.href.slice(0, -1) : url.href;
  }

  /** An http(s) URL letter by letter as it is given: somebody else compares it so. */
  exactUrl(name: string): string | null {
    return this.#webUrl(name) === null ? null : this.text(name);
  }

  /** An http(s) URL of a whole host: no path, no query. */
  origin(name: string): string | null {
    const url = this.#webUrl(name);
    if (url === null) return null;
    if (url.pathname === '/' && url.search === '') return url.origin;
    this.fault(
      name,
      'has a path or a query',
      'give scheme, host and port alone, like https://inbox.example.org',
    );
    return null;
  }

  databaseUrl(name: string): string | null {
    const text = this.text(name);
    if (text === null) return null;
    if (/^postgres(ql)?:\/\/\S+$/.test(text) && URL.canParse(text)) return text;
    const form = 'postgresql://user:password@host:5432/database';
    this.fault(
      name,
      'is not a PostgreSQL URL',
      `write it like ${form}, special characters of the password percent-encoded`,
    );
    return null;
  }

  /** Where mail is handed in, with its user and password. */
  smtpUrl(name: string): string | null {
    const text = this.text(name);
    if (text === null) return null;
    const url = URL.parse(text);
    if (url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '' && /^\/?$/.test(url.pathname))
      return text;
    const form = 'smtp://user:password@host:587 or smtps://user:password@host:465';
    this.fault(name, 'is not an SMTP URL', `write it like ${form}, special characters percent-encoded`);
    return null;
  }

  /** `somebody@example.org`, or with a name before it: `Somebody <somebody@example.org>`. */
  mailAddress(name: string): string | null {
    const text = this.text(name);
    if (text === null || /^(?:[^<>\p{Cc}]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u.test(text))
      return text;
    const form = 'inbox@example.org or Our Inbox <inbox@example.org>';
    this.fault(name, 'is not an address', `write it like ${form}`);
    return null;
  }

  secret(name: string, leastLength = 1): string | null {
    const text = this.text(name);
    if (text === null) return null;
    if (/\s/.test(text))
      this.fault(name, 'has a blank or a line break inside', 'copy it again, without them');
    if (text.length < leastLength) {
      this.fault(
        name,
        `is shorter than ${String(leastLength)} characters`,
        'make one with: openssl rand -base64 48',
      );
    }
    return text;
  }

  /** Base64 keys of a fixed size, comma separated. */
  keys(name: string, bytes: number): Buffer[] | null {
    const text = this.text(name);
    if (text === null) return null;
    const parts = text.split(',').map((part) => part.trim());
    const keys = parts.map((part) => Buffer.from(part, 'base64'));
    const remedy = `make one with: openssl rand -base64 ${String(bytes)}`;
    for (const [index, part] of parts.entries()) {
      const which = parts.length === 1 ? '' : `key ${String(index + 1)} of ${String(parts.length)} `;
      const size = keys[index]?.length ?? 0;
      if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(part)) this.fault(name, `${which}is not base64`, remedy);
      else if (size !== bytes) {
        this.fault(name, `${which}has ${String(size)} bytes, not ${String(bytes)}`, remedy);
      }
    }
    if (new Set(keys.map((key) => key.toString('hex'))).size < keys.length) {
      this.fault(name, 'names the same key twice', 'list each key once, the newest first');
    }
    return keys;
  }

  /** IP addresses or CIDR ranges, comma separated. */
  addresses(name: string): string[] {
    const parts = (this.text(name) ?? '').split(',').map((part) => part.trim());
    const found = parts.filter((part) => part !== '');
    if (!found.every(isAddressOrRange)) {
      this.fault(name, 'is not a list of addresses', 'separate them by commas, like 127.0.0.1, 10.0.0.0/8');
    }
    return found;
  }

  #webUrl(name: string): URL | null {
    const text = this.text(name);
    if (text === null) return null;
    const url = URL.parse(text);
    const web = url !== null && /^https?:$/.test(url.protocol);
    if (web && url.username === '' && url.password === '' && url.hash === '') return url;
    this.fault(name, 'is not a plain http or https URL', 'write it like https://inbox.example.org');
    return null;
  }
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
