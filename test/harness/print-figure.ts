/** Figures that a test measured, for whoever reads the run: they are printed, never asserted on. */
import process from 'node:process';

/** One line on standard output. */
export function printFigure(line: string): void {
  process.stdout.write(`${line}\n`);
}
