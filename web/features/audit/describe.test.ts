import { expect, test } from 'vitest';
import { actorOf, deedOf, detailsOf } from './describe.ts';
import type { Audited } from './queries.ts';

const event: Audited = {
  id: '1',
  occurred_at: '2026-03-03T10:00:00.000Z',
  actor: 'user',
  user: { id: 'u', name: 'Mara Quill' },
  via: 'session',
  via_id: 's',
  action: 'configuration.changed',
  subject: { kind: 'configuration', id: '7', name: null },
  details: { fields: ['fb_app_id', 'waba_id'] },
};

test('a person is named, an admin of the install and a job are called what they are', () => {
  expect(actorOf(event)).toBe('Mara Quill');
  expect(actorOf({ ...event, actor: 'admin', user: null })).toBe('An administrator of this install');
  expect(actorOf({ ...event, actor: 'worker', user: null })).toBe('Switchboard');
  expect(actorOf({ ...event, user: { id: 'u', name: null } })).toBe('Somebody who has left');
});

test('a deed has words, and shows its name when it has none', () => {
  expect(deedOf(event)).toBe('changed the credentials');
  expect(
    deedOf({ ...event, action: 'person.role-changed', subject: { kind: 'user', id: 'x', name: 'Jo' } }),
  ).toBe('person: role changed (Jo)');
});

test('details are short, with the organization where there are several', () => {
  expect(detailsOf(event)).toBe('fields: fb_app_id, waba_id');
  expect(detailsOf({ ...event, details: {}, via: 'api_key' })).toBe('by API key');
  expect(detailsOf({ ...event, details: {}, organization: { id: 'org_1', name: 'Firm' } })).toBe('Firm');
});
