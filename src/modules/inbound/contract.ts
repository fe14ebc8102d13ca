/** What the webhook endpoint takes and answers. No I/O. */
import { Type, type Static } from 'typebox';

/** Meta's handshake: it asks whether the address is ours before it delivers (Graph API, "Webhooks: verification requests"). */
export const HandshakeQuery = Type.Object({
  'hub.mode': Type.Optional(Type.String()),
  'hub.verify_token': Type.Optional(Type.String()),
  'hub.challenge': Type.Optional(Type.String({ maxLength: 500 })),
});
export type HandshakeQuery = Static<typeof HandshakeQuery>;

/** Whose app secret verified a delivery: the install's own Meta app, or an organization's, by its id. */
export type Signer = string;
export const INSTALL_SIGNER: Signer = 'install';
