/** Reads and merges faults: only known names, only sensible values, so that a typing error is told rather than ignored. */
import type { CallFault, Faults, SendFault } from '../state/state.ts';
import { noFaults } from '../state/state.ts';
import { ControlError } from './control-error.ts';

const SEND_KINDS: readonly SendFault['kind'][] = [
  'graph_error',
  'http',
  'html',
  'delay',
  'drop',
  'drop_before',
  'no_id',
  'status_first',
  'answer_late',
  'fail_later',
];

const CALL_KINDS: readonly CallFault['kind'][] = [
  'graph_error',
  'http',
  'html',
  'delay',
  'drop',
  'drop_before',
];

/** A partial change. `sends` and `calls` replace the lists; `webhooks` and `delays` are merged key by key; null resets everything. */
export type FaultsInput = Partial<Omit<Faults, 'webhooks' | 'delays'>> & {
  webhooks?: Partial<Faults['webhooks']>;
  delays?: Partial<Faults['delays']>;
};

export function mergeFaults(current: Faults, input: FaultsInput | null): Faults {
  if (input === null) return noFaults();
  const known = noFaults();
  refuseUnknown(input, known, '');
  refuseUnknown(input.webhooks ?? {}, known.webhooks, 'webhooks.');
  refuseUnknown(input.delays ?? {}, known.delays, 'delays.');
  for (const fault of input.sends ?? [])
    if (!SEND_KINDS.includes(fault.kind))
      throw new ControlError(400, `A send fault has one of these kinds: ${SEND_KINDS.join(', ')}.`);
  for (const fault of input.calls ?? [])
    if (!CALL_KINDS.includes(fault.kind) || !/^(GET|POST|DELETE) \S+$/.test(fault.call))
      throw new ControlError(
        400,
        `A call fault has a call such as "POST number/register" and one of these kinds: ${CALL_KINDS.join(', ')}.`,
      );
  if (!['before', 'after', 'never'].includes(input.partner_added ?? 'never'))
    throw new ControlError(400, '"partner_added" must be before, after or never.');
  return {
    ...current,
    ...input,
    calls: (input.calls ?? current.calls).map((fault) => ({ ...fault })),
    sends: (input.sends ?? current.sends).map((fault) => ({ ...fault })),
    webhooks: { ...current.webhooks, ...input.webhooks },
    delays: { ...current.delays, ...input.delays },
  };
}

function refuseUnknown(given: object, known: object, path: string): void {
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, key))
      throw new ControlError(
        400,
        `There is no fault "${path}${key}". Known: ${Object.keys(known).join(', ')}.`,
      );
    const example = (known as Record<string, unknown>)[key];
    const nullable = example === null || typeof example === 'object';
    if (!nullable && typeof value !== typeof example)
      throw new ControlError(400, `"${path}${key}" must be a ${typeof example}.`);
  }
}
