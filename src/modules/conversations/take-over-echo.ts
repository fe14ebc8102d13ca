/**
 * What was sent from here may come back as an echo before anybody knows its wamid, and then stands in the thread twice. As soon as the
 * wamid is known the two are one: the message that was sent, with everything that was said about the echo. Runs in the transaction that
 * ties the wamid to the message, whose caller holds the wamid.
 */
import type { Tx } from '../../platform/db/tx.ts';
import { publishUpdate } from './change-conversation.ts';
import { publishChange } from './change-message.ts';
import type { MessageHome } from './queries/homes.ts';
import { takeOverEcho as takeOver } from './queries/later-content.ts';
import { raiseStatus } from './record-message.ts';

/** Does nothing when no echo came. */
export async function takeOverEcho(
  tx: Tx,
  home: MessageHome,
  sent: { phoneNumberId: string; wamid: string; messageId: number },
): Promise<void> {
  const echo = await takeOver(tx, home, sent);
  if (!echo) return;
  const { status, error, pricing, conversation_id: id, agent_id: agentId } = echo;
  await raiseStatus(tx, home, { messageId: sent.messageId, status, error: error ?? undefined, pricing });
  if (id === null || agentId === null) return;
  // A message that a screen does not have makes it load the thread anew: that is how the echo goes from it.
  publishChange(tx, agentId, { conversationId: id, messageId: echo.echo_id });
  publishUpdate(tx, { id, agent_id: agentId, assignee_id: null });
}
