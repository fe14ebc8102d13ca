/** What the webhook endpoint takes and answers. No I/O. */
import { Type, type Static } from 'typebox';

/** Meta's handshake: it asks whether the address is ours before it delivers (Graph API, "Webhooks: verification requests"). */
export const HandshakeQuery = Type.Object({
  'hub.mode': Type.Optional(Type.String()),
  'hub.verify_token': Type.Optional(Type.String()),
  'hub.challenge': Type.Optional(Type.String({ maxLength: 500 })),
});
export type HandshakeQuery = Static<typeof HandshakeQuery>;

/** The organization whose own webhook address it is. */
export const TenantParams = Type.Object({ tenant_id: Type.String({ minLength: 1, maxLength: 100 }) });

/**
 * Whose app secret verified a delivery: the install's own Meta app, an organization's by its id, or a configuration that is switched
 * off or deleted (`dormant:<its id>`), whose deliveries are kept until it lives again.
 */
export type Signer = string;
export const INSTALL_SIGNER: Signer = 'install';
