/**
 * The sections of the settings, in the order in which they stand. A new page gets a line here and a route in app/router.tsx.
 * `permission` only decides who is offered the section; the server decides for itself.
 */
import type { LinkProps } from '@tanstack/react-router';
import {
  ArchiveRestore,
  Ban,
  Building,
  Building2,
  KeyRound,
  KeySquare,
  HeartPulse,
  Phone,
  ScrollText,
  Server,
  ShieldCheck,
  UserRound,
  UsersRound,
  type LucideIcon,
} from 'lucide-react';
import type { Me, Permission } from '../../../src/modules/auth/contract.ts';

export type SettingsSection = {
  path: Extract<LinkProps['to'], `/settings/${string}` | `/admin${string}`>;
  label: string;
  /** What is found there, in a few words: the phone's list shows it. */
  about: string;
  icon: LucideIcon;
  group: SettingsGroup;
  permission: Permission;
};

export const settingsGroups = ['You', 'Organization', 'Install'] as const;
type SettingsGroup = (typeof settingsGroups)[number];

const sections: SettingsSection[] = [
  {
    path: '/settings/profile',
    label: 'Profile',
    about: 'Your name, notifications, automatic replies',
    icon: UserRound,
    group: 'You',
    permission: 'self:read',
  },
  {
    path: '/settings/security',
    label: 'Security',
    about: 'Password, second factor, signed-in devices',
    icon: ShieldCheck,
    group: 'You',
    permission: 'self:manage',
  },
  {
    path: '/settings/api-keys',
    label: 'API keys',
    about: 'What programs may do in your name',
    icon: KeyRound,
    group: 'You',
    permission: 'self:manage',
  },
  {
    path: '/settings/organization',
    label: 'Organization',
    about: 'Its name, its brand, automatic messages',
    icon: Building2,
    group: 'Organization',
    permission: 'organization:manage',
  },
  {
    path: '/settings/people',
    label: 'People',
    about: 'Colleagues, invitations, rights',
    icon: UsersRound,
    group: 'Organization',
    permission: 'people:read',
  },
  {
    path: '/settings/numbers',
    label: 'Numbers',
    about: 'Who answers, routing, registration',
    icon: Phone,
    group: 'Organization',
    permission: 'waba:read',
  },
  {
    path: '/settings/health',
    label: 'Health',
    about: 'What keeps WhatsApp working, and what happened',
    icon: HeartPulse,
    group: 'Organization',
    permission: 'waba:read',
  },
  {
    path: '/settings/blocked',
    label: 'Blocked senders',
    about: 'Who is blocked, by whom and why; unblock them',
    icon: Ban,
    group: 'Organization',
    permission: 'conversations:read',
  },
  {
    path: '/settings/credentials',
    label: 'Credentials',
    about: 'Your own Meta app, its tokens, your webhook',
    icon: KeySquare,
    group: 'Organization',
    permission: 'organization:manage',
  },
  {
    path: '/settings/audit',
    label: 'Audit',
    about: 'Who changed rights, credentials, connections',
    icon: ScrollText,
    group: 'Organization',
    permission: 'organization:manage',
  },
  {
    path: '/settings/quarantine',
    label: 'Quarantine',
    about: 'What could not be processed; try it again',
    icon: ArchiveRestore,
    group: 'Organization',
    permission: 'organization:manage',
  },
  {
    path: '/admin',
    label: 'Install',
    about: 'How much there is, what waits, its webhook',
    icon: Server,
    group: 'Install',
    permission: 'install:manage',
  },
  {
    path: '/admin/organizations',
    label: 'Organizations',
    about: 'Every business on this install',
    icon: Building,
    group: 'Install',
    permission: 'install:manage',
  },
  {
    path: '/admin/configurations',
    label: 'All credentials',
    about: 'Meta apps of organizations; delete, restore',
    icon: KeySquare,
    group: 'Install',
    permission: 'install:manage',
  },
  {
    path: '/admin/audit',
    label: 'Audit of all',
    about: 'What happened in every organization',
    icon: ScrollText,
    group: 'Install',
    permission: 'install:manage',
  },
  {
    path: '/admin/quarantine',
    label: 'Quarantine',
    about: 'What could not be processed; try it again',
    icon: ArchiveRestore,
    group: 'Install',
    permission: 'install:manage',
  },
];

/** The section that an address belongs to. */
export function sectionAt(pathname: string): SettingsSection | undefined {
  const path = pathname.replace(/\/$/u, '');
  return sections.find((section) => section.path === path);
}

/** The sections that somebody is offered, by group. Groups without any are left out. */
export function sectionsFor(me: Pick<Me, 'permissions'>) {
  return settingsGroups
    .map((group) => ({
      group,
      sections: sections.filter(
        (section) => section.group === group && me.permissions.includes(section.permission),
      ),
    }))
    .filter((entry) => entry.sections.length > 0);
}
