/** Routes of the module waba: accounts, numbers, the connection to WhatsApp. */
import type { Entries, Scene } from './entry.ts';

/** An account on Meta's side that the caller may connect, with its token. */
const declare = (scene: Scene) =>
  scene.switchboard.simulator.control.declareAccount({ name: 'Account of the matrix' });

export const waba: Entries = {
  'GET /api/waba/status': { may: 'agent', answers: 200 },
  'POST /api/waba/connect': {
    may: 'agent',
    answers: 200,
    call: ({ waba: wabaId, metaToken }) => ({ body: { waba_id: wabaId, access_token: metaToken } }),
    prepare: (scene) => {
      const { waba_id, access_token } = declare(scene);
      return Promise.resolve({ waba: waba_id, metaToken: access_token });
    },
    foreign: {
      answers: [400, 422],
      because: 'an account is connected by its token, whoever else has connected it',
    },
  },
  'PATCH /api/v1/phone-numbers/:id': {
    may: 'owner',
    answers: 200,
    call: ({ phoneNumber }) => ({ params: { id: phoneNumber }, body: { mode: 'dedicated' } }),
  },
};
