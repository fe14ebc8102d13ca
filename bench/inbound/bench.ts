/** What the parts of the inbound benchmark share: the cluster, how much they do, the yardsticks of the run, and how figures are printed. */
import type pg from 'pg';
import type { Crowd } from './people.ts';

export type Scale = { seconds: number; rounds: number; backlog: number; messages: number; agents: number[] };

export type Bench = {
  adminUrl: string;
  /** Connected to it. */
  admin: pg.Client;
  dataDir: string;
  scale: Scale;
};

/** What this machine can do at most, measured in the same run: deliveries a second that the server answers without storing, and commits a second. */
export type Yardsticks = { bare: number; commits: number; tool: string };

export const CROWD: Crowd = { agents: 10, contacts: 1_000 };

/** A share of sorted milliseconds, such as 0.99 for the 99th percentile. */
export const ms = (sorted: number[], share: number) =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
export const whole = (n: number) => Math.round(n).toLocaleString('en');
export const ratio = (figure: number, yardstick: number) => (figure / yardstick).toFixed(2);

/** As Markdown, as soon as it is known. */
export function printTable(title: string, head: string[], rows: string[][]): void {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  console.log([`### ${title}`, '', ...lines, ''].join('\n'));
}

export const forgetWork = (admin: pg.Client) => admin.query('TRUNCATE app.webhook_deliveries CASCADE');
