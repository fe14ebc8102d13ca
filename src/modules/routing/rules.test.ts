/** Each rule by itself, and what all of them come to. */
import { describe, expect, test } from 'vitest';
import type { Candidate, Landlord } from './contract.ts';
import { chainOf, concludeRoute, judge, judgeConversation, judgeLease } from './rules.ts';

const candidate = (name: string, agentId: number): Candidate => ({ userId: `user-${name}`, agentId, name });
const ann = candidate('Ann', 1);
const ben = candidate('Ben', 2);
const landlord = (who: Candidate, optedIn: boolean): Landlord => ({
  ...who,
  optedIn,
  lease: { landlordId: who.userId, tenantId: 'tenant', propertyId: `property of ${who.name}` },
});

test('a number without rules of its own has those of its mode', () => {
  expect(chainOf({ mode: 'dedicated', routing: null })[1]).toBe('number');
  expect(chainOf({ mode: 'central', routing: null })[1]).toBe('lease');
  expect(chainOf({ mode: 'central', routing: ['customer'] })).toEqual(['customer']);
});

describe('of two candidates', () => {
  test.each(['number', 'customer'] as const)('%s chooses neither: that would be guessing', (rule) => {
    expect(judge(rule, [ann, ben])).toMatchObject({ chosen: null, holds: null, candidates: [ann, ben] });
    expect(judge(rule, [ann]).chosen).toEqual(ann);
  });

  test.each(['conversation', 'recently_active', 'first_registered'] as const)(
    '%s takes the first',
    (rule) => {
      expect(judge(rule, [ben, ann]).chosen).toEqual(ben);
      expect(judge(rule, []).chosen).toBeNull();
    },
  );
});

describe('a conversation', () => {
  const owned = (who: Candidate, isBlocked = false) => ({ ...who, isBlocked });

  test('goes on with its owner, not with a landlord who has opted out', () => {
    expect(judgeConversation([owned(ann)], new Set()).candidates).toEqual([ann]);
    expect(judgeConversation([owned(ann), owned(ben)], new Set([ann.userId])).chosen).toEqual(ben);
    expect(judgeConversation([owned(ann)], new Set([ann.userId]))).toMatchObject({
      chosen: null,
      why: 'The landlord who has the conversation has opted out since.',
    });
  });

  test('with somebody who is blocked stays where it is', () => {
    expect(judgeConversation([owned(ann, true)], new Set([ann.userId])).chosen).toEqual(ann);
  });
});

describe('a lease', () => {
  test('chooses the one landlord who takes part', () => {
    expect(judgeLease([landlord(ann, false), landlord(ben, true)]).chosen).toMatchObject(ben);
  });

  test('holds the message where nobody takes part or it is not clear who is meant', () => {
    expect(judgeLease([landlord(ann, false)]).holds).toBe('landlord_not_opted_in');
    expect(judgeLease([landlord(ann, true), landlord(ben, true)]).holds).toBe('several_landlords');
    expect(judgeLease([]).holds).toBeNull();
  });
});

describe('the conclusion', () => {
  test('is the first rule’s that decides, with what the sender rents from whoever was chosen', () => {
    const verdicts = [judge('conversation', []), judge('number', [ben]), judge('customer', [ann])];
    expect(concludeRoute('dedicated', verdicts, [landlord(ben, true)])).toMatchObject({
      rule: 'number',
      chosen: ben,
      lease: { propertyId: 'property of Ben' },
    });
  });

  test('hands a renter who is held to no later rule', () => {
    const verdicts = [judgeLease([landlord(ann, false)]), judge('recently_active', [ben])];
    expect(concludeRoute('central', verdicts, [landlord(ann, false)])).toMatchObject({
      rule: 'triage',
      reason: 'landlord_not_opted_in',
      chosen: null,
    });
  });

  test('says why nobody was found', () => {
    expect(concludeRoute('dedicated', [judge('number', [])], []).reason).toBe('number_not_configured');
    expect(concludeRoute('dedicated', [judge('number', [ann, ben])], []).reason).toBe('no_verified_user');
    expect(concludeRoute('central', [judge('number', [])], []).reason).toBe('unknown_sender');
    expect(concludeRoute('dedicated', [judge('customer', [])], []).reason).toBe('unknown_sender');
  });
});
