/** Reading and changing accounts (WABAs) and phone numbers over the Graph API. */
import { formatNumber, objectId } from '../messages/ids.ts';
import { isCallbackAllowed } from '../simulation.ts';
import type { PhoneNumber } from '../state/state.ts';
import { answersHandshake } from '../webhooks/publish-update.ts';
import { GraphApiError, unknownObject } from './graph-error.ts';
import { findAccount, getAccount, getNumber } from './graph-request.ts';
import type { GraphRequest } from './graph-request.ts';
import { ACCOUNT_FIELDS, NUMBER_FIELDS, accountView, numberView } from './object-views.ts';
import { pageOf, pickFields } from './paging.ts';

export function getAccountFields(request: GraphRequest): unknown {
  return pickFields(accountView(getAccount(request)), request.query['fields'], ACCOUNT_FIELDS);
}

export function getNumberFields(request: GraphRequest): unknown {
  const view = numberView(request.sim, getNumber(request), request.token.app_id);
  return pickFields(view, request.query['fields'], NUMBER_FIELDS);
}

export function listNumbers(request: GraphRequest): unknown {
  const account = getAccount(request);
  const numbers = Object.values(request.sim.state.numbers).filter((one) => one.waba_id === account.waba_id);
  const rows = numbers.map((number) => ({
    id: number.phone_number_id,
    row: pickFields(
      numberView(request.sim, number, request.token.app_id),
      request.query['fields'],
      NUMBER_FIELDS,
    ),
  }));
  return pageOf(request, rows);
}

/** `GET /{business}/owned_…` and `client_whatsapp_business_accounts`. */
export function listAccounts(request: GraphRequest): unknown {
  const [businessId = '', edge = ''] = request.path;
  const ownership = edge.startsWith('owned') ? 'owned' : 'client';
  const accounts = Object.values(request.sim.state.accounts).filter((one) =>
    findAccount(request, one.waba_id),
  );
  const ofBusiness = accounts.filter((one) => ownership === 'client' || one.business_id === businessId);
  if (accounts.length > 0 && ownership === 'owned' && ofBusiness.length === 0)
    throw unknownObject(businessId, request.method);
  const shown = ofBusiness.filter((one) => one.ownership === ownership);
  return pageOf(
    request,
    shown.map((one) => ({
      id: one.waba_id,
      row: pickFields(accountView(one), request.query['fields'], ACCOUNT_FIELDS),
    })),
  );
}

/** `POST /{waba}/phone_numbers`. */
export function addNumber(request: GraphRequest): unknown {
  const account = getAccount(request);
  const { cc, phone_number: local, verified_name: name } = request.params;
  const digits = `${String(cc ?? '')}${String(local ?? '')}`.replace(/\D/g, '');
  if (digits.length < 6)
    throw new GraphApiError(100, { message: '(#100) The parameter phone_number is required.' });
  const number: PhoneNumber = {
    phone_number_id: objectId(),
    waba_id: account.waba_id,
    display_phone_number: digits,
    verified_name: String(name ?? account.name),
    quality_rating: 'UNKNOWN',
    status: 'PENDING',
    code_verification_status: 'NOT_VERIFIED',
    pin: null,
    registered: false,
    last_onboarded_time: request.sim.now(),
    overrides: {},
    profile: {},
  };
  request.sim.state.numbers[number.phone_number_id] = number;
  request.sim.emit({ type: 'account', data: { waba_id: account.waba_id } });
  request.sim.changed();
  return { id: number.phone_number_id };
}

export function register(request: GraphRequest): unknown {
  const number = getNumber(request);
  const { messaging_product: product, pin } = request.params;
  if (product !== 'whatsapp')
    throw new GraphApiError(100, { message: '(#100) The parameter messaging_product is required.' });
  if (typeof pin !== 'string' || !/^\d{6}$/.test(pin))
    throw new GraphApiError(100, { message: '(#100) Param pin must be 6 digits long.' });
  if (number.on_biz_app)
    throw new GraphApiError(100, {
      message: '(#100) The number is used in the WhatsApp Business app and cannot be registered.',
    });
  countRegistration(request, number);
  if (number.code_verification_status !== 'VERIFIED') throw new GraphApiError(133006);
  if (number.pin !== null && number.pin !== pin)
    throw new GraphApiError(133005, {
      details: 'The two-step verification PIN is not the one of this number.',
    });
  number.pin = pin;
  number.registered = true;
  number.status = 'CONNECTED';
  return changedNumber(request, number);
}

/** Ten registrations and deregistrations in 72 hours, failed ones too. */
function countRegistration(request: GraphRequest, number: PhoneNumber): void {
  const now = request.sim.now();
  const recent = (number.registrations ?? []).filter((at) => now - at < 72 * 3_600_000);
  if (recent.length >= 10)
    throw new GraphApiError(133016, {
      details: 'Registered or deregistered more than ten times in 72 hours.',
    });
  number.registrations = [...recent, now];
}

export function deregister(request: GraphRequest): unknown {
  const number = getNumber(request);
  if (number.on_biz_app)
    throw new GraphApiError(100, {
      message: '(#100) The number is used in the WhatsApp Business app and cannot be deregistered.',
    });
  countRegistration(request, number);
  number.registered = false;
  number.status = 'DISCONNECTED';
  return changedNumber(request, number);
}

/** `POST /{phone}/request_code`: every code is 123456. */
export function requestCode(request: GraphRequest): unknown {
  getNumber(request);
  return { success: true };
}

export function verifyCode(request: GraphRequest): unknown {
  const number = getNumber(request);
  if (String(request.params['code'] ?? '').replace(/\D/g, '') !== '123456')
    throw new GraphApiError(136025, {
      message: '(#136025) Verify code error',
      details: 'The code is wrong.',
    });
  number.code_verification_status = 'VERIFIED';
  return changedNumber(request, number);
}

/** `POST /{phone}`: two-step PIN, display name, callback override. */
export async function updateNumber(request: GraphRequest): Promise<unknown> {
  const number = getNumber(request);
  const { pin, new_display_name: name, webhook_configuration: webhook } = request.params;
  if (pin !== undefined) setPin(number, pin);
  if (typeof name === 'string') number.verified_name = name;
  if (webhook !== null && typeof webhook === 'object')
    await setNumberOverride(request, number, webhook as Record<string, unknown>);
  return changedNumber(request, number);
}

function setPin(number: PhoneNumber, pin: unknown): void {
  if (typeof pin !== 'string' || !/^\d{6}$/.test(pin))
    throw new GraphApiError(100, { message: '(#100) Param pin must be 6 digits long.' });
  if (!number.registered) throw new GraphApiError(133010);
  number.pin = pin;
}

async function setNumberOverride(
  request: GraphRequest,
  number: PhoneNumber,
  webhook: Record<string, unknown>,
): Promise<void> {
  const uri = webhook['override_callback_uri'];
  if (typeof uri !== 'string' || uri === '') {
    delete number.overrides[request.token.app_id];
    return;
  }
  const verifyToken = String(webhook['verify_token'] ?? '');
  await verifyCallback(request, uri, verifyToken);
  number.overrides[request.token.app_id] = { uri, verify_token: verifyToken };
}

/** Makes Meta's handshake with a callback; throws code 100 when it is refused. */
export async function verifyCallback(request: GraphRequest, uri: string, verifyToken: string): Promise<void> {
  if (!isCallbackAllowed(request.sim, uri))
    throw new GraphApiError(100, {
      message: '(#100) Param override_callback_uri is not an address that this simulator may contact.',
    });
  if (!(await answersHandshake(uri, verifyToken)))
    throw new GraphApiError(100, {
      message:
        "(#100) The callback URL or verify token couldn't be validated. Please verify the provided information or " +
        'try again later.',
      subcode: 2200,
    });
}

export function getProfile(request: GraphRequest): unknown {
  const number = getNumber(request);
  return { data: [{ ...number.profile, messaging_product: 'whatsapp' }] };
}

export function setProfile(request: GraphRequest): unknown {
  const number = getNumber(request);
  const { messaging_product: _product, access_token: _token, ...profile } = request.params;
  number.profile = { ...number.profile, ...profile };
  return changedNumber(request, number);
}

function changedNumber(request: GraphRequest, number: PhoneNumber): unknown {
  request.sim.emit({
    type: 'account',
    data: { waba_id: number.waba_id, display: formatNumber(number.display_phone_number) },
  });
  request.sim.changed();
  return { success: true };
}
