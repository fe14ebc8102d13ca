/**
 * What each error code of Meta means, whether the call may be repeated, and what a person should do: one table.
 * Must stay true: the code decides, never the HTTP status and never Meta's text, which differs from the documented titles.
 * Source: Meta's error code page and the real answers in public issues; a code may be returned by a call or arrive later
 * in a `failed` status.
 */

/**
 * The one thing that decides on repeating a call:
 * - `not_sent`: no byte of the request left this machine. Repeat.
 * - `retry_safe`: refused before anything was done, or a call that does no harm when done twice. Repeat later.
 * - `temporary_unknown`: it may have been done. Never repeat a send; a status webhook tells.
 * - all others: refused for good until somebody changes something, which `whatToDo` names.
 */
export type GraphErrorKind =
  | 'not_sent'
  | 'retry_safe'
  | 'temporary_unknown'
  | 'token'
  | 'permission'
  | 'account'
  | 'invalid'
  | 'recipient'
  | 'window'
  | 'policy';

/** A row of the table. `waitSeconds` is the least wait before a repetition when the answer itself names none. */
export type ErrorMeaning = {
  readonly kind: GraphErrorKind;
  readonly meaning: string;
  readonly whatToDo: string;
  readonly waitSeconds?: number;
};

const FIX_TEMPLATE = 'Compare the template and its values in WhatsApp Manager, then send again.';
const RECONNECT = 'Connect the WhatsApp account again.';
const UNCERTAIN = 'Wait for its status. Do not send it again before you know that it did not arrive.';
const ONCE_APPROVED = 'Wait until Meta has approved it, or use another template.';

type Row = readonly [kind: GraphErrorKind, meaning: string, whatToDo: string, waitSeconds?: number];

const CODES: readonly (readonly [code: number, ...Row])[] = [
  [0, 'token', 'Meta could not authenticate the access token.', RECONNECT],
  [
    1,
    'temporary_unknown',
    'Meta reports an unknown error; the message may still have been accepted.',
    UNCERTAIN,
  ],
  [
    2,
    'temporary_unknown',
    'Meta is briefly unavailable; the message may still have been accepted.',
    UNCERTAIN,
  ],
  [
    3,
    'permission',
    'The Meta app lacks the capability for this call.',
    'Give the app the WhatsApp capability.',
  ],
  [4, 'retry_safe', 'The Meta app made too many calls.', 'It is tried again later by itself.', 60],
  [10, 'permission', 'The access token lacks a permission.', RECONNECT],
  [33, 'account', 'The business phone number no longer exists.', 'Remove the number or connect another one.'],
  [100, 'invalid', 'Meta refused a value of the request.', 'Correct the message and send it again.'],
  [104, 'token', 'The request carried no usable access token.', RECONNECT],
  [190, 'token', 'The access token is no longer valid.', RECONNECT],
  [
    368,
    'policy',
    'Meta has blocked the account for a while because of a policy violation.',
    'Read the notice in WhatsApp Manager and appeal there.',
  ],
  [
    80007,
    'retry_safe',
    'The WhatsApp account reached its limit of calls.',
    'It is tried again later by itself.',
    60,
  ],
  [130403, 'recipient', 'The business has blocked this customer.', 'Unblock the customer first.'],
  [
    130429,
    'retry_safe',
    'The number sends faster than Meta allows.',
    'It is tried again shortly by itself.',
    1,
  ],
  [
    130472,
    'policy',
    'Meta withholds marketing messages from this customer as part of an experiment.',
    'Do not send it again. Wait until the customer writes.',
  ],
  [
    130497,
    'policy',
    'The business may not message customers in this country.',
    'Check the rules for your line of business in this country.',
  ],
  [
    131000,
    'temporary_unknown',
    'Something went wrong at Meta; the message may still have been accepted.',
    UNCERTAIN,
  ],
  [131005, 'permission', 'The access token has no access to this number.', RECONNECT],
  [131008, 'invalid', 'The request lacks a required value.', 'Fill in what is missing and send again.'],
  [
    131009,
    'invalid',
    'A value of the request is not valid, or the message it refers to is gone.',
    'Correct the value and send again.',
  ],
  [
    131016,
    'temporary_unknown',
    'WhatsApp is briefly unavailable; the message may still have been accepted.',
    UNCERTAIN,
  ],
  [131021, 'recipient', 'Sender and recipient are the same number.', 'Choose another recipient.'],
  [
    131026,
    'recipient',
    'The message cannot be delivered: the customer may not use WhatsApp, has not accepted its terms, or has an old version.',
    'Reach the customer another way and ask them to update WhatsApp.',
  ],
  [
    131030,
    'recipient',
    'A test number may only write to recipients on its list.',
    'Add the recipient to the list of the test number in the Meta app, or use a real number.',
  ],
  [
    131031,
    'account',
    'Meta has locked the WhatsApp account, or the PIN was wrong.',
    'Look at the account status in WhatsApp Manager.',
  ],
  [
    131037,
    'account',
    'The display name of the number is not approved yet.',
    'Get the display name approved in WhatsApp Manager.',
  ],
  [
    131042,
    'account',
    'The WhatsApp account has a payment problem.',
    'Add or correct the payment method in WhatsApp Manager.',
  ],
  [131045, 'account', 'The registration of the number is broken.', 'Register the number again.'],
  [131047, 'window', 'The customer last wrote more than 24 hours ago.', 'Send a template.'],
  [
    131048,
    'policy',
    'Too many customers blocked or reported this number.',
    'Pause bulk messages and look at the quality rating in WhatsApp Manager.',
  ],
  [
    131049,
    'policy',
    'Meta chose not to deliver this marketing message, to keep customers engaged.',
    'Do not send it again within 24 hours.',
  ],
  [
    131050,
    'policy',
    'The customer has stopped marketing messages from this business.',
    'Send no marketing to this customer.',
  ],
  [131051, 'invalid', 'WhatsApp does not support this type of message.', 'Use another type of message.'],
  [
    131052,
    'invalid',
    'The media file could not be downloaded.',
    'Ask the customer to send it again, at most 100 MB.',
  ],
  [
    131053,
    'invalid',
    'Meta could not take over the media file.',
    'Check its type, its size and that its link is public.',
  ],
  [
    131055,
    'invalid',
    'This kind of message is not allowed on this interface.',
    'Send it as an ordinary message.',
  ],
  [
    131056,
    'retry_safe',
    'Too many messages to this customer in a short time.',
    'It is tried again shortly by itself.',
    6,
  ],
  [
    131057,
    'temporary_unknown',
    'The account is in maintenance; the message may still have been accepted.',
    UNCERTAIN,
  ],
  [
    131059,
    'invalid',
    'The place to go on reading a list is no longer valid.',
    'Start the list from its beginning.',
  ],
  [
    131060,
    'invalid',
    'The message is not available at the moment.',
    'Look at it in the WhatsApp Business app.',
  ],
  [
    131062,
    'recipient',
    'This message cannot be sent to a customer who hides the phone number.',
    'Ask the customer for the phone number first.',
  ],
  [
    131063,
    'policy',
    'Marketing messages are switched off on this interface for the account.',
    'Send it by the Marketing Messages API.',
  ],
  [
    131064,
    'policy',
    'Too many templates of the account are in the wrong category.',
    'Correct the categories in WhatsApp Manager.',
  ],
  [132000, 'invalid', 'The number of values does not match the template.', FIX_TEMPLATE],
  [132001, 'invalid', 'The template does not exist in this language, or is not approved.', FIX_TEMPLATE],
  [132005, 'invalid', 'The template is too long with these values.', 'Shorten the values and send again.'],
  [132007, 'invalid', 'The template or its values break a rule on characters.', FIX_TEMPLATE],
  [132012, 'invalid', 'A value has another format than the template asks for.', FIX_TEMPLATE],
  [132015, 'policy', 'The template is paused because of its low quality.', ONCE_APPROVED],
  [132016, 'policy', 'The template is disabled because of its low quality.', 'Use another template.'],
  [132018, 'invalid', 'The template did not pass validation.', FIX_TEMPLATE],
  [132068, 'invalid', 'The flow is blocked.', 'Look at the flow in WhatsApp Manager.'],
  [132069, 'invalid', 'The flow is throttled.', 'Look at the flow in WhatsApp Manager.'],
  [
    133000,
    'account',
    'An earlier deregistration of the number did not finish.',
    'Deregister the number, then register it again.',
  ],
  [
    133004,
    'retry_safe',
    'The registration service is briefly unavailable.',
    'It is tried again later by itself.',
    60,
  ],
  [
    133005,
    'invalid',
    'The PIN of the number is wrong.',
    'Enter the PIN again, or reset it in WhatsApp Manager.',
  ],
  [133006, 'account', 'The number must be verified again.', 'Verify the number by code, then register it.'],
  [
    133008,
    'invalid',
    'The PIN was guessed too often.',
    'Wait for the time that Meta names, then enter the right PIN.',
  ],
  [
    133009,
    'invalid',
    'The PIN was entered too fast.',
    'Wait for the time that Meta names, then enter the right PIN.',
  ],
  [133010, 'account', 'The number is not registered.', 'Register the number.'],
  [133015, 'account', 'The number was deleted a moment ago.', 'Wait five minutes, then register it.'],
  [
    133016,
    'account',
    'The number was registered and deregistered too often.',
    'Wait 72 hours, then register it.',
  ],
  [134011, 'account', 'The terms of WhatsApp payments are not accepted.', 'Accept them in WhatsApp Manager.'],
  [134100, 'invalid', 'Only marketing templates may be sent this way.', 'Send it as an ordinary message.'],
  [
    134101,
    'invalid',
    'The template is still being made ready for marketing.',
    'Send it again in ten minutes.',
  ],
  [134102, 'invalid', 'The template cannot be used for marketing messages.', 'Use another template.'],
  [
    135000,
    'invalid',
    'Meta refused the request without naming the value.',
    'Check every value of the message.',
  ],
  [
    136024,
    'account',
    'Meta could not send the verification code.',
    'Wait, then ask for the code again or by voice.',
  ],
  [
    137000,
    'recipient',
    'The identity of the customer has changed.',
    'Check with the customer, then accept the new identity.',
  ],
  [
    139100,
    'invalid',
    'Some customers could not be blocked.',
    'Only customers who wrote in the last 24 hours can be blocked.',
  ],
  [139101, 'invalid', 'The list of blocked customers is full.', 'Unblock somebody first.'],
  [
    139102,
    'retry_safe',
    'The list of blocked customers was changed by another call.',
    'It is tried again shortly by itself.',
    1,
  ],
  [139103, 'invalid', 'The customer could not be blocked.', 'Try again later.'],
  [1752041, 'invalid', 'The same request was already made.', 'Nothing is left to do.'],
  [
    2388019,
    'invalid',
    'The account has as many templates as Meta allows.',
    'Delete templates that are not used.',
  ],
  [2388023, 'invalid', 'A template of this name is being deleted.', 'Use another name, or wait 30 days.'],
  [2388024, 'invalid', 'The template already exists in this language.', 'Use another name or language.'],
  [
    2388039,
    'invalid',
    'The template cannot be changed in its present state.',
    'Wait for the review, or make a new template.',
  ],
  [2388040, 'invalid', 'A part of the template is too long.', 'Shorten it.'],
  [2388047, 'invalid', 'The header of the template has a wrong format.', 'Correct the header.'],
  [2388072, 'invalid', 'The body of the template has a wrong format.', 'Correct the body.'],
  [2388073, 'invalid', 'The footer of the template has a wrong format.', 'Correct the footer.'],
  [
    2388293,
    'invalid',
    'The template has too many variables for its length.',
    'Add text or remove variables.',
  ],
  [2388299, 'invalid', 'The template begins or ends with a variable.', 'Put text before and after it.'],
  [
    2494100,
    'temporary_unknown',
    'The number is in maintenance; the message may still have been accepted.',
    UNCERTAIN,
  ],
  [
    2494191,
    'permission',
    'Another app holds this conversation.',
    'Let the other app pass the conversation on.',
  ],
  [
    2593107,
    'invalid',
    'The data of the WhatsApp Business app was already requested.',
    'Nothing is left to do.',
  ],
  [
    2593108,
    'invalid',
    'The data of the WhatsApp Business app was requested too late.',
    'Connect the number again and request it within 24 hours.',
  ],
  [
    2593109,
    'invalid',
    'The business declined to share the history of the WhatsApp Business app.',
    'Nothing is left to do.',
  ],
];

/** Where a subcode says more than its code: `code/subcode`. */
const SUBCODES: readonly (readonly [key: string, ...Row])[] = [
  [
    '100/33',
    'permission',
    'Meta does not know this object, or the token has no access to it.',
    'Check the id, then connect the WhatsApp account again.',
  ],
  ['100/36007', 'invalid', 'The sign-in code does not fit the redirect address.', 'Start connecting again.'],
  ['100/36008', 'invalid', 'The sign-in code does not fit the redirect address.', 'Start connecting again.'],
  [
    '100/36009',
    'invalid',
    'The sign-in code was already used or has expired.',
    'Start connecting again; the code lives 30 seconds.',
  ],
  ['190/458', 'token', 'The business removed the app.', RECONNECT],
  ['190/460', 'token', 'The password of the Meta account was changed.', RECONNECT],
  ['190/463', 'token', 'The access token has expired.', RECONNECT],
  ['190/467', 'token', 'The access token was revoked.', RECONNECT],
];

function meaningOf([kind, meaning, whatToDo, waitSeconds]: Row): ErrorMeaning {
  return waitSeconds === undefined ? { kind, meaning, whatToDo } : { kind, meaning, whatToDo, waitSeconds };
}

/** Every code that is known, for lists and for tests; look one up with `meaningOfError`. */
export const ERROR_MEANINGS: ReadonlyMap<number, ErrorMeaning> = new Map(
  CODES.map(([code, ...row]) => [code, meaningOf(row)]),
);

const SUBCODE_MEANINGS: ReadonlyMap<string, ErrorMeaning> = new Map(
  SUBCODES.map(([key, ...row]) => [key, meaningOf(row)]),
);

const API_PERMISSION = meaningOf(['permission', 'The access token lacks a permission.', RECONNECT]);
const FIRST_PERMISSION_CODE = 200;
const LAST_PERMISSION_CODE = 299;

/**
 * What a code (with its subcode, if any) means; null for a code that is not known.
 * Template errors come as codes of their own or as the subcode of 100, so both are looked up.
 */
export function meaningOfError(code: number, subcode: number | null = null): ErrorMeaning | null {
  if (subcode !== null) {
    const precise = SUBCODE_MEANINGS.get(`${String(code)}/${String(subcode)}`);
    const nested = code === 100 && subcode > 100_000 ? ERROR_MEANINGS.get(subcode) : undefined;
    if (precise ?? nested) return precise ?? nested ?? null;
  }
  if (code >= FIRST_PERMISSION_CODE && code <= LAST_PERMISSION_CODE) return API_PERMISSION;
  return ERROR_MEANINGS.get(code) ?? null;
}
