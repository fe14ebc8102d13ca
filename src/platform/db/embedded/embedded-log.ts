/** The part of a pino logger that the embedded database needs, so that tests and commands can pass their own. */
export type EmbeddedLog = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
