/** What a scope lets a program do, in a person's words. */
import type { Permission } from '../../../src/modules/auth/contract.ts';

type Words = { label: string; help: string };

const words: Partial<Record<Permission, Words>> = {
  'self:read': { label: 'See who it acts as', help: 'Your name, your organization and its settings.' },
  'profile:update': { label: 'Change your profile', help: 'Your name, your signature, your opt-in.' },
  'people:read': { label: 'See colleagues', help: 'Their names; for an owner also their state.' },
  'conversations:read': {
    label: 'Read conversations',
    help: 'Yours; for an owner everybody’s. Live events too.',
  },
  'conversations:update': { label: 'Change conversations', help: 'Archive them, mark them as read.' },
  'messages:send': { label: 'Send messages', help: 'Answers customers in your name.' },
  'waba:read': { label: 'See WhatsApp accounts', help: 'Accounts, numbers and their state.' },
  'waba:connect': {
    label: 'Connect WhatsApp accounts',
    help: 'Connects and disconnects accounts and numbers.',
  },
  'organization:manage': { label: 'Manage the organization', help: 'Changes its settings and its numbers.' },
  'install:manage': { label: 'Manage the install', help: 'What administrators do, for all organizations.' },
};

/** A scope that has no words of its own yet is shown by its name. */
export function wordsForScope(scope: string): Words {
  return words[scope as Permission] ?? { label: scope, help: '' };
}
