/** Something about a person changed that every conversation with them shows. */
import type { Tx } from '../../platform/db/tx.ts';
import { publishUpdate } from './change-conversation.ts';
import { listConversationsOfContact } from './queries/waiting.ts';

/** Tells the screens that show one of the person’s conversations, whoever answers it. */
export async function tellOfContact(tx: Tx, contactId: number): Promise<void> {
  for (const conversation of await listConversationsOfContact(tx, contactId)) publishUpdate(tx, conversation);
}
