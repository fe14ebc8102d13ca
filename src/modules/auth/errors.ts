/** What can go wrong when people sign in, in the words they see. */
import { AppError } from '../../platform/errors.ts';

/** The same for an unknown email, a wrong password and a disabled account, so that it tells nobody who has one. */
export function signInRefused(): AppError {
  return new AppError(
    'auth.sign_in_refused',
    401,
    'The email or the password is not right. Check both and try again.',
  );
}

export function emailTaken(): AppError {
  return new AppError(
    'auth.email_taken',
    409,
    'There is already an account with this email. Sign in instead.',
  );
}

export function sessionEnded(): AppError {
  return new AppError('auth.session_ended', 401, 'Your session has ended. Sign in again.');
}

export function linkUsed(): AppError {
  return new AppError(
    'auth.link_not_valid',
    401,
    'This sign-in link has been used or has expired. Sign in with your password, or restart the server for a new link.',
  );
}

/** What a screen answers with the dialog that asks for the password again, and repeats. */
export function signInAgain(): AppError {
  return new AppError(
    'auth.sign_in_again',
    401,
    'Confirm that it is you: enter your password again, then repeat this.',
  );
}
