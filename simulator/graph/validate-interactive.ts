/** Checks the body of an interactive message: known kinds with the limits of the reference, unknown kinds refused. */
import { missing, notValid, requireText } from './complaints.ts';

type Body = Record<string, unknown>;

const BODY_LIMIT = 1024;
const LIST_BODY_LIMIT = 4096;
const TEXT_LIMIT = 60;

const ACTIONS: Record<string, (action: Body) => void> = {
  button: validateButtons,
  list: validateList,
  cta_url: (action) => {
    const parameters = objectIn(action, 'parameters', "interactive['action']['parameters']");
    shortText(parameters['display_text'], { label: 'Button text', min: 1, max: 20 });
    if (typeof parameters['url'] !== 'string' || !/^https?:\/\/\S+$/.test(parameters['url']))
      throw notValid("Parameter interactive['action']['parameters']['url'] is not a valid URL.");
  },
  flow: (action) => void objectIn(action, 'parameters', "interactive['action']['parameters']"),
  location_request_message: () => {},
  request_contact_info: () => {},
  address_message: () => {},
  call_permission_request: () => {},
  voice_call: () => {},
  product: (action) => {
    for (const name of ['catalog_id', 'product_retailer_id'])
      if (typeof action[name] !== 'string') throw missing(`interactive['action']['${name}']`);
  },
  product_list: (action) => {
    if (typeof action['catalog_id'] !== 'string') throw missing("interactive['action']['catalog_id']");
  },
  catalog_message: () => {},
  carousel: (action) => {
    const cards = action['cards'];
    if (!Array.isArray(cards) || cards.length < 2 || cards.length > 10)
      throw notValid('A carousel has 2 to 10 cards.');
  },
};

const WITHOUT_BODY = new Set(['product']);

export function validateInteractive(content: Body): void {
  const type = content['type'];
  if (typeof type !== 'string') throw missing("interactive['type']");
  const validateAction = Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined;
  if (!validateAction) throw notValid(`Interactive type "${type}" is not supported.`);
  if (!WITHOUT_BODY.has(type)) {
    const body = objectIn(content, 'body', "interactive['body']");
    requireText(body['text'], {
      name: "interactive['body']['text']",
      max: type === 'list' ? LIST_BODY_LIMIT : BODY_LIMIT,
    });
  }
  validateHeader(content, type);
  const footer = content['footer'] as Body | undefined;
  if (footer !== undefined)
    requireText(footer['text'], { name: "interactive['footer']['text']", max: TEXT_LIMIT });
  const needsAction = type !== 'call_permission_request';
  validateAction(needsAction ? objectIn(content, 'action', "interactive['action']") : {});
}

function validateHeader(content: Body, type: string): void {
  const header = content['header'] as Body | undefined;
  if (header === undefined) return;
  const kind = header['type'];
  if (kind === 'text')
    requireText(header['text'], { name: "interactive['header']['text']", max: TEXT_LIMIT });
  else if (type === 'list') throw notValid('A list takes a text header only.');
  else if (!['image', 'video', 'document'].includes(String(kind)))
    throw notValid("Parameter interactive['header']['type'] is not valid.");
}

function validateButtons(action: Body): void {
  const buttons = action['buttons'];
  if (!Array.isArray(buttons)) throw missing("interactive['action']['buttons']");
  if (buttons.length < 1 || buttons.length > 3)
    throw notValid('Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3');
  const replies = buttons.map((button: Body) =>
    objectIn(button, 'reply', "interactive['action']['buttons'][]['reply']"),
  );
  for (const reply of replies) {
    shortText(reply['title'], { label: 'Button title', min: 1, max: 20 });
    shortText(reply['id'], { label: 'Button id', min: 1, max: 256 });
  }
  requireUnique(
    replies.map((reply) => reply['title']),
    'Duplicate button titles are not allowed.',
  );
  requireUnique(
    replies.map((reply) => reply['id']),
    'Duplicate button ids are not allowed.',
  );
}

function validateList(action: Body): void {
  shortText(action['button'], { label: 'List button text', min: 1, max: 20 });
  const sections = action['sections'];
  if (!Array.isArray(sections) || sections.length === 0) throw missing("interactive['action']['sections']");
  if (sections.length > 10) throw notValid('At most 10 sections are allowed.');
  const rows = sections.flatMap((section: Body) => {
    if (sections.length > 1 || section['title'] !== undefined)
      shortText(section['title'], { label: 'Section title', min: 1, max: 24 });
    return Array.isArray(section['rows']) ? (section['rows'] as Body[]) : [];
  });
  if (rows.length < 1 || rows.length > 10) throw notValid('A list has 1 to 10 rows in total.');
  for (const row of rows) {
    shortText(row['id'], { label: 'Row id', min: 1, max: 200 });
    shortText(row['title'], { label: 'Row title', min: 1, max: 24 });
    if (row['description'] !== undefined)
      shortText(row['description'], { label: 'Row description', min: 0, max: 72 });
  }
  requireUnique(
    rows.map((row) => row['id']),
    'Duplicate row ids are not allowed.',
  );
}

function shortText(value: unknown, limits: { label: string; min: number; max: number }): void {
  const { label, min, max } = limits;
  if (typeof value !== 'string' || value.length < min || value.length > max)
    throw notValid(`${label} length invalid. Min length: ${min}, Max length: ${max}`);
}

function requireUnique(values: readonly unknown[], details: string): void {
  if (new Set(values).size !== values.length) throw notValid(details);
}

function objectIn(parent: Body, key: string, name: string): Body {
  const value = parent[key];
  if (value === undefined || value === null || typeof value !== 'object') throw missing(name);
  return value as Body;
}
