/** What sending refuses, in words that say what to do. No I/O. */
import { AppError } from '../../platform/errors.ts';

/** Meta takes free text for 24 hours after the customer wrote. */
export function windowClosed(): AppError {
  return new AppError(
    'outbound.window_closed',
    409,
    'The customer last wrote more than 24 hours ago, so WhatsApp takes no free text. Send a template, or wait until they write.',
  );
}

/** Whoever is blocked gets no answer either. */
export function conversationBlocked(): AppError {
  return new AppError(
    'outbound.conversation_blocked',
    409,
    'This conversation is blocked. Unblock it before you answer.',
  );
}

/**
 * Whoever wrote STOP is left alone until they write again: then they wait for an answer, which WhatsApp's policy lets a business give
 * (WhatsApp Business Messaging Policy: "respect all requests … to block, discontinue, or otherwise opt out").
 */
export function optedOut(): AppError {
  return new AppError(
    'outbound.opted_out',
    409,
    'This customer asked not to be written to. You can answer once they write again.',
  );
}

/** Neither a phone number nor a user id is known. */
export function noAddress(): AppError {
  return new AppError(
    'outbound.no_address',
    409,
    'WhatsApp told neither a phone number nor an id of this customer, so nothing can be sent.',
  );
}

/** @param most characters that are left beside the signature */
export function textTooLong(most: number): AppError {
  return new AppError(
    'outbound.text_too_long',
    400,
    `The text is too long: at most ${String(most)} characters fit beside your signature.`,
  );
}

/** The same key with another text or for another conversation would hide a message. */
export function keyReused(): AppError {
  return new AppError(
    'outbound.key_reused',
    422,
    'This Idempotency-Key was used for another message. Use a new key for each message.',
  );
}
