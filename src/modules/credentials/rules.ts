/** Pure decisions about an organization's credentials: what may be stored, what may be shown, what a change means. */
import ipaddr from 'ipaddr.js';
import Format from 'typebox/format';
import { MASK, PUBLIC_URL_FORMAT, type ConfigBody, type TenantConfig } from './contract.ts';

/** Hours in which Meta's deliveries may still be signed with the app secret before the current one. */
export const SECRET_OVERLAP_HOURS = 24;

/** Below this length even four characters would tell too much. */
const LEAST_LENGTH_TO_SHOW = 16;

/** At most the last four characters, and nothing of a short secret. */
export function maskSecret(secret: string): string {
  return secret.length < LEAST_LENGTH_TO_SHOW ? MASK : `${MASK}${secret.slice(-4)}`;
}

/** What a change is compared by: every write sets the time. */
export function configVersion({ id, updated_at }: Pick<TenantConfig, 'id' | 'updated_at'>) {
  return { id, updated_at };
}

const isMasked = (text: string) => text.startsWith(MASK);

const LOOPBACK_NAME = /^(localhost|.+\.localhost)$/;
/** Names that only resolve inside somebody's network. */
const INSIDE_NAME = /\.(local|internal|intranet|lan|home|corp|private)$|\.home\.arpa$/;

function isPublicHost(host: string): boolean {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (ipaddr.isValid(name)) return ipaddr.process(name).range() === 'unicast';
  return name.includes('.') && !INSIDE_NAME.test(name);
}

function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return ipaddr.isValid(name) ? ipaddr.process(name).range() === 'loopback' : LOOPBACK_NAME.test(name);
}

/** An address that Meta or a browser may be sent to: https to a public host, or anything on this machine; empty for none. */
export function isPublicUrl(text: string): boolean {
  if (text === '') return true;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (isLoopbackHost(url.hostname)) return url.protocol === 'https:' || url.protocol === 'http:';
  return url.protocol === 'https:' && isPublicHost(url.hostname);
}
Format.Set(PUBLIC_URL_FORMAT, isPublicUrl);

export type ConfigField = keyof ConfigBody;

/** The fields that a body changes: a masked value is what the form was given, and an empty one takes the value away. */
export function changesOf(body: ConfigBody): Map<ConfigField, string | null> {
  const given = Object.entries(body) as [ConfigField, string | undefined][];
  return new Map(
    given.flatMap(([field, value]) =>
      value === undefined || isMasked(value) ? [] : [[field, value === '' ? null : value] as const],
    ),
  );
}

/** What Meta has confirmed no longer counts when one of these changes. */
const VERIFIED_FIELDS: ConfigField[] = [
  'waba_id',
  'phone_number_id',
  'access_token',
  'fb_app_id',
  'fb_app_secret',
];

export function endsVerification(changes: ReadonlyMap<ConfigField, unknown>): boolean {
  return VERIFIED_FIELDS.some((field) => changes.has(field));
}
