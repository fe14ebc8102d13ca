import { describe, expect, it } from 'vitest';
import { sampleConversation } from './inbox-samples.ts';
import { belongsToView, handleOfCustomer, nameOfCustomer, queryOfView } from './model.ts';

describe('queryOfView', () => {
  it('shows active conversations, and searches in all of them', () => {
    expect(queryOfView({ filter: 'all', q: '' })).toEqual({ status: 'active' });
    expect(queryOfView({ filter: 'all', q: ' lift ' })).toEqual({ q: 'lift' });
  });

  it('keeps a filter while searching', () => {
    expect(queryOfView({ filter: 'unread', q: 'lift' })).toEqual({
      status: 'active',
      unread: true,
      q: 'lift',
    });
    expect(queryOfView({ filter: 'archived', q: '' })).toEqual({ status: 'archived' });
  });
});

describe('belongsToView', () => {
  it('agrees with what the server would give', () => {
    const unread = sampleConversation('a', 1, { unread_count: 2 });
    const archived = sampleConversation('a', 1, { status: 'archived', unread_count: 2 });
    expect(belongsToView({ filter: 'unread', q: '' }, unread)).toBe(true);
    expect(belongsToView({ filter: 'unread', q: '' }, archived)).toBe(false);
    expect(belongsToView({ filter: 'archived', q: '' }, archived)).toBe(true);
    expect(belongsToView({ filter: 'all', q: '' }, archived)).toBe(false);
  });
});

describe('the name of a customer', () => {
  const customer = { name: '', phone: '4930901820', username: 'olena' };

  it('falls back to the phone number, then to the username', () => {
    expect(nameOfCustomer({ ...customer, name: 'Olena' })).toBe('Olena');
    expect(nameOfCustomer(customer)).toBe('+49 30 901820');
    expect(nameOfCustomer({ ...customer, phone: null })).toBe('@olena');
    expect(nameOfCustomer({ name: ' ', phone: null, username: null })).toBe('Unknown customer');
  });

  it('is not said twice', () => {
    expect(handleOfCustomer({ ...customer, name: 'Olena' })).toBe('+49 30 901820');
    expect(handleOfCustomer(customer)).toBe('@olena');
    expect(handleOfCustomer({ ...customer, phone: null })).toBeNull();
  });
});
