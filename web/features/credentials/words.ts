/** The values of a configuration in words: what each is, and where it comes from. */
import type { ConfigBody, ConfigOverview, TenantConfig } from './queries.ts';

type Value = ConfigOverview['values'][number];

const LABELS: Record<string, string> = {
  app_id: 'App ID',
  app_secret: 'App secret',
  access_token: 'Access token',
  waba_id: 'WhatsApp account ID',
  phone_id: 'Phone number ID',
  verify_token: 'Verify token',
  callback_url: 'Callback URL',
  redirect_url: 'Redirect URL',
};

/** In the order in which one enters them. */
export const VALUE_ORDER = Object.keys(LABELS);

export function labelOf(name: string): string {
  return LABELS[name] ?? name;
}

const COLUMNS = {
  app_secret: 'fb_app_secret',
  access_token: 'access_token',
  verify_token: 'verify_token',
} as const satisfies Record<string, keyof TenantConfig>;

/** A secret of the configuration in plain text, once it was revealed; null for what is no secret. */
export function secretOf(name: string, full: TenantConfig): string | null {
  return name in COLUMNS ? full[COLUMNS[name as keyof typeof COLUMNS]] : null;
}

/** One or two words on where a value comes from. */
export function sourceWords(source: Value['source']): { label: string; tone: 'accent' | 'plain' } {
  if (source === 'database') return { label: 'Yours', tone: 'accent' };
  if (source === 'environment') return { label: 'Install', tone: 'plain' };
  if (source === 'simulator') return { label: 'Simulator', tone: 'plain' };
  return { label: 'Not set', tone: 'plain' };
}

/** What stands where a value is not shown to the organization, or is not there. */
export function unshownWords(source: Value['source']): string {
  if (source === null) return '—';
  return source === 'simulator' ? 'Played by the simulator' : 'Set by whoever runs this install';
}

export type Field = {
  name: Exclude<keyof ConfigBody, 'token_expires_at' | 'refresh_token'>;
  label: string;
  help: string;
  isSecret?: boolean;
  inputMode?: 'numeric' | 'url';
};

/** What the form asks for. */
export const FIELDS: Field[] = [
  { name: 'fb_app_id', label: 'App ID', help: 'In Meta’s app dashboard, at the top.', inputMode: 'numeric' },
  {
    name: 'fb_app_secret',
    label: 'App secret',
    help: 'App settings → Basic. After a change the one before it is accepted for another day.',
    isSecret: true,
  },
  {
    name: 'access_token',
    label: 'Access token',
    help: 'Of a system user, with whatsapp_business_messaging and whatsapp_business_management.',
    isSecret: true,
  },
  {
    name: 'waba_id',
    label: 'WhatsApp account ID',
    help: 'WhatsApp Manager → Settings.',
    inputMode: 'numeric',
  },
  {
    name: 'phone_number_id',
    label: 'Phone number ID',
    help: 'WhatsApp → API setup; not the phone number itself.',
    inputMode: 'numeric',
  },
  {
    name: 'verify_token',
    label: 'Verify token',
    help: 'A word of your choice, at least 8 characters; enter the same one at Meta.',
    isSecret: true,
  },
  {
    name: 'fb_config_id',
    label: 'Embedded Signup configuration ID',
    help: 'Only if your app uses Facebook Login for Business.',
    inputMode: 'numeric',
  },
  {
    name: 'callback_url',
    label: 'Callback URL',
    help: 'Only if Meta is to deliver somewhere else than to the address above.',
    inputMode: 'url',
  },
  {
    name: 'redirect_url',
    label: 'Redirect URL',
    help: 'Only if the OAuth dialog is to come back somewhere else.',
    inputMode: 'url',
  },
];

/** What is wrong with a value before it is sent; null means nothing. Empty is always fine: it takes the value away. */
export function faultOf(field: Field, value: string): string | null {
  if (value === '' || value.startsWith('••••')) return null;
  if (/\s/u.test(value)) return 'There is a blank inside. Copy it again without it.';
  if (field.inputMode === 'numeric' && !/^\d{1,64}$/u.test(value)) return 'Only digits: copy the ID alone.';
  if (field.isSecret && value.length < 8) return 'This is too short. Copy all of it.';
  if (field.inputMode === 'url' && !URL.canParse(value))
    return 'Write it like https://firm.example.com/path.';
  return null;
}
