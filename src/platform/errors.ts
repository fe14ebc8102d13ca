/**
 * The one error type for what a caller can cause. Anything else that is thrown is a bug: the HTTP boundary
 * answers 500, logs it once with the request id and keeps its text to itself.
 */

/** A fault of the caller. `message` is shown to people and says what to do; `code` (`module.what`) is for programs. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: unknown;

  /**
   * @param code stable, `module.what`
   * @param status the HTTP status it becomes, 400 to 503
   * @param message a sentence for people that says what to do
   * @param details anything JSON that helps a program, e.g. the faulty fields; never a secret
   */
  constructor(code: string, status: number, message: string, details?: unknown) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** Absence and another organization's row look the same: 404. */
export function notFound(what: string): AppError {
  return new AppError('platform.not_found', 404, `There is no such ${what}, or it is not yours to see.`);
}
