/** Where this process reaches itself over HTTP: what the simulator and the product say to each other. */
import type { Config } from './config.ts';

/** A server that listens on every address, or on a name for the loopback ones, is reached on 127.0.0.1. */
const EVERYWHERE = new Set(['0.0.0.0', '::', 'localhost']);

/** The origin, without a trailing slash. */
export function ownAddress({ host, port }: Pick<Config, 'host' | 'port'>): string {
  if (EVERYWHERE.has(host)) return `http://127.0.0.1:${String(port)}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
