/**
 * The one error of the embedded PostgreSQL that an operator can act on. Its message is a whole sentence for the
 * terminal and says what to do; whoever starts the program prints it without a stack and ends with exit code 1.
 */

/** What is wrong, for programs that must tell the cases apart. */
export type EmbeddedDatabaseFault =
  | 'held'
  | 'not_accessible'
  | 'binaries_unusable'
  | 'cluster_unusable'
  | 'start_failed'
  | 'stop_failed'
  | 'account_missing';

/** An operator can act on this: `message` says how. */
export class EmbeddedDatabaseError extends Error {
  readonly fault: EmbeddedDatabaseFault;

  /**
   * @param fault which of the known cases
   * @param message what is wrong and what to do, in sentences
   * @param cause the underlying error, when there is one
   */
  constructor(fault: EmbeddedDatabaseFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EmbeddedDatabaseError';
    this.fault = fault;
  }
}
