/** Harbour Homes, an invented letting agency: who works there, who writes to it, and what was said. Nothing here is real. */

/** A line of a conversation. `ago` is in minutes before now; `from: 'us'` is the agent's answer. */
export type Line = { from: 'them' | 'us'; ago: number; text: string; status?: 'sent' | 'delivered' | 'read' };

export type DemoCustomer = {
  name: string;
  phone: string;
  username?: string;
  /** The agent that answers, 1 to 3. */
  agent: 1 | 2 | 3;
  /** What they rent, for renters on the central number. */
  address?: string;
  unread?: number;
  lines: Line[];
};

export const DEMO_ACCOUNT = {
  wabaId: '310000000000101',
  businessId: '310000000000001',
  name: 'Harbour Homes',
  /** First in the list: one agent's own number. */
  dedicated: { id: '310000000000201', display: '15550142001', name: 'Harbour Homes Viewings' },
  /** Second: shared by the landlords. */
  central: { id: '310000000000202', display: '15550142002', name: 'Harbour Homes Tenants' },
} as const;

export const DEMO_PEOPLE = {
  owner: { name: 'Nora Lindqvist', email: 'owner@demo.test', agentPrefix: 'agt_nora' },
  agents: [
    { name: 'Mara Okafor', email: 'agent1@demo.test', agentPrefix: 'agt_mara' },
    { name: 'Tom Becker', email: 'agent2@demo.test', agentPrefix: 'agt_tom' },
    { name: 'Ines Duarte', email: 'agent3@demo.test', agentPrefix: 'agt_ines' },
  ],
} as const;

const HOUR = 60;
const DAY = 24 * HOUR;

/** Rents from two landlords and has not said which one is meant: waits in triage. */
export const DEMO_WAITING = {
  name: 'Hanna Weiss',
  phone: '436645550113',
  rents: [
    { agent: 2, address: '14 Anchor Wharf, flat 2' },
    { agent: 3, address: '88 Harbour Street, garage 4' },
  ],
  lines: [
    { ago: 34, text: 'Hello, the key turns but the lock does not open any more.' },
    { ago: 33, text: 'Can somebody come today? I leave at six.' },
  ],
} as const;

export const DEMO_CUSTOMERS: readonly DemoCustomer[] = [
  {
    name: 'Amelia Hart',
    phone: '447700900101',
    agent: 1,
    unread: 2,
    lines: [
      { from: 'them', ago: 3 * DAY, text: 'Hi! Is the two-bedroom on Quay Street still available?' },
      { from: 'us', ago: 3 * DAY - 12, text: 'Hello Amelia, it is. Would you like to see it this week?' },
      { from: 'them', ago: 3 * DAY - 20, text: 'Yes please. Any evening after six works for me.' },
      { from: 'us', ago: 3 * DAY - 31, text: 'Thursday 18:30? I will meet you at the front door.' },
      { from: 'them', ago: 3 * DAY - 33, text: 'Perfect, see you then 👍' },
      { from: 'them', ago: 14, text: 'Loved the flat! What do you need from me to apply?' },
      { from: 'them', ago: 12, text: 'And is the parking space included in the rent?' },
    ],
  },
  {
    name: 'Kenji Watanabe',
    phone: '819055500102',
    agent: 1,
    lines: [
      {
        from: 'them',
        ago: DAY + 4 * HOUR,
        text: 'Good morning, I relocate to the city in January. Do you help with furnished flats?',
      },
      {
        from: 'us',
        ago: DAY + 3 * HOUR,
        text: 'Good morning Kenji! We do. How long will you stay, and what is your budget?',
      },
      {
        from: 'them',
        ago: 5 * HOUR,
        text: 'Twelve months, up to 1,900 per month, near the university if possible.',
      },
      {
        from: 'us',
        ago: 4 * HOUR + 40,
        text: 'Noted. I have three that fit and will send them this afternoon.',
        status: 'read',
      },
    ],
  },
  {
    name: 'Sofia Marchetti',
    phone: '393491550103',
    username: 'sofia.marchetti',
    agent: 1,
    unread: 1,
    lines: [
      { from: 'them', ago: 2 * DAY, text: 'Ciao, could I move the viewing to Saturday?' },
      { from: 'us', ago: 2 * DAY - 25, text: 'Of course. Saturday 11:00 is free, does that suit you?' },
      { from: 'them', ago: 47, text: 'Saturday 11:00 is great. Can my brother come along?' },
    ],
  },
  {
    name: 'Daniel Osei',
    phone: '233205550104',
    agent: 1,
    lines: [
      { from: 'them', ago: 9 * DAY, text: 'What documents do I need for the reference check?' },
      {
        from: 'us',
        ago: 9 * DAY - 44,
        text: 'The last three payslips, an ID and your current landlord’s contact.',
      },
      { from: 'them', ago: 8 * DAY, text: 'Sent everything by email just now.' },
      { from: 'us', ago: 8 * DAY - 15, text: 'Received, thank you. You will hear from us by Friday.' },
      { from: 'them', ago: 6 * DAY, text: 'Got the approval. You made my week!' },
      { from: 'us', ago: 6 * DAY - 9, text: 'Congratulations, Daniel! The contract is on its way.' },
    ],
  },
  {
    name: 'Priya Raman',
    phone: '919845550105',
    agent: 1,
    lines: [
      {
        from: 'them',
        ago: 7 * HOUR,
        text: 'Is the Mill Lane studio pet friendly? I have one very calm cat.',
      },
      {
        from: 'us',
        ago: 6 * HOUR + 30,
        text: 'One calm cat is welcome. The deposit goes up by 150.',
        status: 'delivered',
      },
    ],
  },
  {
    name: 'Lucas Moreau',
    phone: '33612550106',
    agent: 1,
    lines: [
      { from: 'them', ago: 4 * DAY, text: 'Bonjour, the online form says my phone number is invalid?' },
      {
        from: 'us',
        ago: 4 * DAY - 18,
        text: 'Bonjour Lucas, please start it with +33 and leave out the zero.',
      },
      { from: 'them', ago: 4 * DAY - 21, text: 'That worked, merci!' },
    ],
  },
  {
    name: 'Grace Adeyemi',
    phone: '2348035550107',
    agent: 2,
    address: '14 Anchor Wharf, flat 3',
    unread: 1,
    lines: [
      { from: 'them', ago: 2 * DAY + HOUR, text: 'The boiler shows E119 again and there is no hot water.' },
      {
        from: 'us',
        ago: 2 * DAY + 30,
        text: 'Sorry about that, Grace. The plumber can come tomorrow between 8 and 10.',
      },
      { from: 'them', ago: 2 * DAY + 22, text: 'That works, thank you.' },
      {
        from: 'them',
        ago: 26,
        text: 'He was here, it runs again. He said the pump should be replaced soon though.',
      },
    ],
  },
  {
    name: 'Mateusz Nowak',
    phone: '48601550108',
    agent: 2,
    address: '14 Anchor Wharf, flat 5',
    lines: [
      {
        from: 'them',
        ago: 20 * HOUR,
        text: 'Hello, the rent for December will be two days late. I am sorry, my employer changed banks.',
      },
      {
        from: 'us',
        ago: 19 * HOUR,
        text: 'Thanks for telling me early, Mateusz. Two days are fine.',
        status: 'read',
      },
    ],
  },
  {
    name: 'Elif Demir',
    phone: '905325550109',
    agent: 2,
    address: '2 Lighthouse Row',
    lines: [
      { from: 'them', ago: 12 * DAY, text: 'May I paint the small bedroom? A light green.' },
      { from: 'us', ago: 12 * DAY - 90, text: 'Yes, as long as it is white again when you move out.' },
      { from: 'them', ago: 12 * DAY - 95, text: 'Promise 😊' },
    ],
  },
  {
    name: 'Jonas Albrecht',
    phone: '4915155500110',
    agent: 3,
    address: '88 Harbour Street, flat 12',
    unread: 1,
    lines: [
      { from: 'them', ago: 3 * HOUR, text: 'The lift has been stuck on the third floor since this morning.' },
      {
        from: 'us',
        ago: 2 * HOUR + 45,
        text: 'The lift company is on its way and should be there before noon.',
        status: 'read',
      },
      { from: 'them', ago: 38, text: 'It runs again. Thanks for the quick help!' },
    ],
  },
  {
    name: 'Chloe Martin',
    phone: '61491550111',
    agent: 3,
    address: '88 Harbour Street, flat 20',
    lines: [
      {
        from: 'them',
        ago: DAY + 6 * HOUR,
        text: 'Could you send me last year’s service charge statement again?',
      },
      { from: 'us', ago: DAY + 5 * HOUR, text: 'Sure, it is in your inbox now.', status: 'read' },
      { from: 'them', ago: 22 * HOUR, text: 'Got it, cheers.' },
    ],
  },
  {
    name: 'Rafael Santos',
    phone: '5511955500112',
    agent: 3,
    address: '5 Ropewalk',
    lines: [
      {
        from: 'them',
        ago: 15 * DAY,
        text: 'I would like to extend my lease for another year. What are the next steps?',
      },
      {
        from: 'us',
        ago: 15 * DAY - 50,
        text: 'Happy to hear that! I will prepare the extension and send it for your signature.',
      },
      { from: 'them', ago: 14 * DAY, text: 'Signed and returned.' },
      { from: 'us', ago: 14 * DAY - 6, text: 'Wonderful, here is to another good year, Rafael.' },
    ],
  },
];
