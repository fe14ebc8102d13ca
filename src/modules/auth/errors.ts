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

/** Addresses are unique in the whole install. */
export function emailTaken(): AppError {
  return new AppError(
    'auth.email_taken',
    409,
    'There is already an account with this email. Sign in instead.',
  );
}

/** REGISTRATION=closed lets in only the first, and whoever is invited. */
export function registrationClosed(): AppError {
  return new AppError(
    'auth.registration_closed',
    403,
    'Registration is closed here. Ask somebody of your organization to invite you.',
  );
}

/** For every session that does not go on: ended, revoked, expired, or never there. */
export function sessionEnded(): AppError {
  return new AppError('auth.session_ended', 401, 'Your session has ended. Sign in again.');
}

/** For the links that sign in. */
export function linkUsed(): AppError {
  return new AppError(
    'auth.link_not_valid',
    401,
    'This sign-in link has been used or has expired. Sign in with your password, or restart the server for a new link.',
  );
}

/** For the links that confirm an address or set a password. */
export function accountLinkUsed(): AppError {
  return new AppError(
    'auth.link_not_valid',
    400,
    'This link has been used, has expired, or is not whole. Ask for a new one.',
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

/** The caller repeats the request with `code`. @param status 401 when signing in, 403 for somebody who is signed in */
export function codeRequired(status: 401 | 403): AppError {
  return new AppError(
    'auth.code_required',
    status,
    'Enter the code that your authenticator app shows, or one of your recovery codes.',
  );
}

/** For a wrong code and for one that was used. @param status as of `codeRequired` */
export function codeRefused(status: 401 | 403): AppError {
  return new AppError(
    'auth.code_refused',
    status,
    'This code is not right, or has been used. Wait for the next one and enter that.',
  );
}

/** Of somebody who is signed in: 403, because their session is as good as before. */
export function passwordRefused(): AppError {
  return new AppError('auth.password_refused', 403, 'This is not your current password. Try again.');
}

/** @param seconds until a guess is looked at again; `retry_after` of the answer */
export function tooManyGuesses(seconds: number): AppError {
  const minutes = Math.ceil(seconds / 60);
  const wait = seconds < 90 ? `${String(seconds)} seconds` : `${String(minutes)} minutes`;
  return new AppError('auth.too_many_guesses', 429, `Too many wrong attempts. Try again in ${wait}.`, {
    retry_after: seconds,
  });
}

/** More passwords wait to be hashed than the machine can do in time. */
export function signInBusy(): AppError {
  return new AppError(
    'auth.busy',
    429,
    'Too many people are signing in at this moment. Try again in a few seconds.',
    { retry_after: 2 },
  );
}

/** For what only a letter could do, where no mail server is configured. */
export function noMail(): AppError {
  return new AppError(
    'auth.no_mail',
    409,
    'This install sends no mail. Ask an owner of your organization for a link.',
  );
}

/** The same for every fault of a key. */
export function apiKeyRefused(): AppError {
  return new AppError(
    'auth.api_key_refused',
    401,
    'This API key is not known, has expired or was revoked. Make a new one in the settings.',
  );
}
