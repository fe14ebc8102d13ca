/** Giving a customer with the whole history to another agent. No I/O. */
import { Type, type Static } from 'typebox';

export const HandOverBody = Type.Object(
  { user_id: Type.String({ format: 'uuid' }) },
  { additionalProperties: false },
);
export type HandOverBody = Static<typeof HandOverBody>;

/** Whoever handed it over may not see it any more: then only this says where it is. */
export const HandedOver = Type.Object(
  {
    user_id: Type.String({ format: 'uuid', description: 'Who has it now' }),
    agent_id: Type.Integer(),
    conversation_id: Type.String({
      format: 'uuid',
      description:
        'The conversation that was asked for: another one when the user had one with this person already',
    }),
    conversation_ids: Type.Array(Type.String({ format: 'uuid' }), {
      description: 'All conversations of the customer, one for each number they wrote on',
    }),
  },
  { $id: 'HandedOver' },
);
export type HandedOver = Static<typeof HandedOver>;
