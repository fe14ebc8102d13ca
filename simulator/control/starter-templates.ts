/** The approved templates that a new account starts with, so that the first business-initiated message needs no wait. */
import { objectId } from '../messages/ids.ts';
import type { Simulation } from '../simulation.ts';
import type { Account, Template } from '../state/state.ts';

const STARTERS: readonly Pick<Template, 'name' | 'category' | 'components'>[] = [
  {
    name: 'pick_up_conversation',
    category: 'UTILITY',
    components: [
      {
        type: 'BODY',
        text: 'Hello {{1}}, we have news on what you asked us. Write back and we go on from there.',
        example: { body_text: [['Mara']] },
      },
      { type: 'FOOTER', text: 'Sent by our team' },
    ],
  },
  {
    name: 'still_there',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Hello, may we still help you with your question?' }],
  },
];

export function starterTemplates(sim: Simulation, account: Account): void {
  for (const starter of STARTERS) {
    const template: Template = {
      ...starter,
      id: objectId(),
      waba_id: account.waba_id,
      language: 'en',
      status: 'APPROVED',
      parameter_format: 'POSITIONAL',
      created_at: sim.now(),
      review_at: null,
      rejected_reason: 'NONE',
    };
    sim.state.templates[template.id] = template;
  }
}
