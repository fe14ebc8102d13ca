/**
 * The program's log: JSON lines by pino, to stdout unless told otherwise. Nothing reaches the stream unmasked: objects
 * are walked, texts and finished lines are searched for token shapes.
 */
import { pino } from 'pino';
import type { DestinationStream, Level, Logger as PinoLogger } from 'pino';
import { maskForLog } from './mask.ts';
import { maskText } from './mask-text.ts';

export type Logger = PinoLogger;

export type LoggerOptions = {
  level: Level | 'silent';
  /** Where lines go: by default stdout; the interactive start passes a pretty stream, tests an array. */
  destination?: DestinationStream;
};

/** Makes the logger; `child` bindings are masked like everything else. */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (value: unknown) => value },
      formatters: {
        level: (label) => ({ level: label }),
        bindings: (bindings) => maskForLog(bindings) as Record<string, unknown>,
        log: (fields) => maskForLog(fields) as Record<string, unknown>,
      },
      hooks: {
        logMethod(parameters, method) {
          const [first, ...rest] = parameters;
          const masked = rest.map((value: unknown) =>
            typeof value === 'string' ? maskText(value) : maskForLog(value),
          );
          method.apply(this, [
            typeof first === 'string' ? maskText(first) : first,
            ...masked,
          ] as typeof parameters);
        },
        streamWrite: maskText,
      },
    },
    options.destination ?? pino.destination({ fd: 1, sync: false }),
  );
}
