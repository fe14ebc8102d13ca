/** What stands around a message's content: what it answers, where it was forwarded or came from. Pure. */
import { isFields, text, type Fields } from './foreign-fields.ts';
import type { Message } from './model.ts';

/** What a message is about or comes from, beside its own content. */
export type MessageContext = {
  /** The wamid of the message that this one answers. */
  answers: string | null;
  forwarded: 'no' | 'once' | 'often';
  /** The advertisement that the customer came from. */
  referral: { title: string; detail: string | null; href: string | null } | null;
  inGroup: boolean;
};

export function readContext(message: Pick<Message, 'payload'>): MessageContext {
  const payload = isFields(message.payload) ? message.payload : {};
  const context = isFields(payload['context']) ? payload['context'] : {};
  const often = context['frequentlyForwarded'] === true;
  return {
    answers: text(context['wamid']) ?? text(context['id']),
    forwarded: often ? 'often' : context['forwarded'] === true ? 'once' : 'no',
    referral: isFields(payload['referral']) ? readReferral(payload['referral']) : null,
    inGroup: text(payload['group_id']) !== null,
  };
}

function readReferral(referral: Fields): MessageContext['referral'] {
  const href = text(referral['source_url']);
  return {
    title: text(referral['headline']) ?? (referral['source_type'] === 'post' ? 'A post' : 'An advertisement'),
    detail: text(referral['body']),
    // A link of a stranger: nothing but the web's own schemes is followed.
    href: href !== null && /^https?:\/\//i.test(href) ? href : null,
  };
}
