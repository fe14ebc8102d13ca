/**
 * The newest word on each aspect of an account, and what follows from it for grants, numbers and templates. What must stay true: the
 * newer word wins, whatever the order in which words come, so that applying all of them in any order ends in the same state.
 */
import { secondsAt, textAt, type Json, type JsonObject } from '../../graph-api/json.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { noteAccountOwner } from './queries.ts';
import {
  changeNumberAsOf,
  changeTemplate,
  disconnectGrants,
  raiseFact,
  reconnectGrants,
  type Fact,
  type NumberChange,
  type TemplateChange,
} from './queries/account-events.ts';

type Account = { organizationId: string; wabaId: string };
type Consequence = (tx: Tx, account: Account, fact: Fact) => Promise<void>;

const connection: Consequence = async (tx, { wabaId }, { value, asOf }) => {
  const appId = textAt(value, 'app_id');
  if (textAt(value, 'state') === 'back') return reconnectGrants(tx, wabaId, appId);
  const reason = textAt(value, 'reason') ?? textAt(value, 'event') ?? 'UNKNOWN';
  return disconnectGrants(tx, wabaId, { asOf, reason, appId });
};

const owner: Consequence = async (tx, { organizationId, wabaId }, { value }) => {
  const businessId = textAt(value, 'business_id');
  if (businessId !== null && /^\d{1,64}$/.test(businessId))
    await noteAccountOwner(tx, { signer: organizationId, wabaId, businessId });
};

const ACCOUNT: ReadonlyMap<string, Consequence> = new Map([
  ['connection', connection],
  ['owner', owner],
]);

const NUMBER: ReadonlyMap<string, (value: Json) => NumberChange> = new Map<
  string,
  (value: Json) => NumberChange
>([
  ['quality', (value) => ({ quality_rating: textAt(value, 'quality') })],
  ['limit', (value) => ({ messaging_limit: textAt(value, 'limit') })],
  ['username', (value) => ({ username: textAt(value, 'username') })],
  [
    'name',
    (value) => {
      const requested = textAt(value, 'requested');
      const isTaken = textAt(value, 'decision') === 'APPROVED' && requested !== null;
      return { name_status: textAt(value, 'decision'), ...(isTaken ? { verified_name: requested } : {}) };
    },
  ],
]);

const TEMPLATE: ReadonlyMap<string, (value: Json) => TemplateChange> = new Map<
  string,
  (value: Json) => TemplateChange
>([
  ['name', (value) => ({ name: textAt(value, 'name'), language: textAt(value, 'language') })],
  ['status', (value) => ({ status: textAt(value, 'status'), reason: textAt(value, 'reason') })],
  ['quality', (value) => ({ quality: textAt(value, 'quality') })],
  ['components', (value) => ({ components: JSON.stringify(value) })],
  [
    'category',
    (value) => ({
      category: textAt(value, 'category'),
      correct_category: textAt(value, 'correct_category'),
      category_changes_at: secondsAt(value, 'changes_at'),
    }),
  ],
]);

async function follow(tx: Tx, account: Account, fact: Fact): Promise<void> {
  const [kind = '', id = ''] = fact.subject.split(':');
  if (kind === 'account') await ACCOUNT.get(fact.aspect)?.(tx, account, fact);
  const number = kind === 'number' ? NUMBER.get(fact.aspect) : undefined;
  if (number) await changeNumberAsOf(tx, id, { ...number(fact.value), asOf: fact.asOf });
  const template = kind === 'template' ? TEMPLATE.get(fact.aspect) : undefined;
  if (template) await changeTemplate(tx, { ...account, templateId: id }, template(fact.value));
}

/** Writes down what was told, and does what follows from the words that are the newest. */
export async function applyFacts(tx: Tx, account: Account, facts: Fact[]): Promise<void> {
  for (const fact of facts) if (await raiseFact(tx, account, fact)) await follow(tx, account, fact);
}

/** A fact as Meta's API, asked just now, tells it. */
export function factFromGraph(subject: string, aspect: string, value: JsonObject, asOf: Date): Fact {
  return { subject, aspect, value, asOf, tie: 'graph' };
}
