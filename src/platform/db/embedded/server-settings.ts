/**
 * The server's settings, written anew at every start. They suit one small machine; an operator's own go into
 * `operator.conf` beside them, which is read last and never written.
 */
import { join } from 'node:path';
import type { ServerAccount } from './server-account.ts';
import { writePrivateFile } from './write-private-file.ts';

/** What differs from one start to the next. */
export type ServerSettings = {
  port: number;
  /** False only for throwaway clusters: a crash of the machine may then lose everything. */
  durable: boolean;
};

const MAIN_FILE = `# Switchboard's own settings are in switchboard.conf, written anew at every start.
# Put yours into operator.conf: it is read last.
include 'switchboard.conf'
include_if_exists 'operator.conf'
`;

/** Loopback and a password, for everybody: no trust, no socket, no other address. */
const ACCESS_FILE = 'host all all 127.0.0.1/32 scram-sha-256\n';

/** Writes the three files into the cluster, as the account's own. */
export function writeServerSettings(
  cluster: string,
  settings: ServerSettings,
  account: ServerAccount | null,
): void {
  const lines = Object.entries(serverSettings(settings)).map(([name, value]) => `${name} = ${value}\n`);
  writePrivateFile(join(cluster, 'switchboard.conf'), lines.join(''), account);
  writePrivateFile(join(cluster, 'postgresql.conf'), MAIN_FILE, account);
  writePrivateFile(join(cluster, 'pg_hba.conf'), ACCESS_FILE, account);
}

function serverSettings({ port, durable }: ServerSettings): Record<string, string | number> {
  return {
    listen_addresses: "'127.0.0.1'",
    port,
    unix_socket_directories: "''",
    password_encryption: "'scram-sha-256'",
    max_connections: 100,
    shared_buffers: durable ? "'256MB'" : "'128MB'",
    effective_cache_size: "'1GB'",
    work_mem: "'8MB'",
    maintenance_work_mem: "'64MB'",
    max_wal_size: "'1GB'",
    random_page_cost: 1.1,
    jit: 'off',
    // A table that begins to grow is planned for as the small one it was until it is analyzed.
    autovacuum_naptime: "'15s'",
    // A statement over an agent's parent table locks every partition that it cannot rule out.
    max_locks_per_transaction: 256,
    synchronous_commit: durable ? 'on' : 'off',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    timezone: "'UTC'",
    log_timezone: "'UTC'",
    lc_messages: "'C'",
    log_destination: "'stderr'",
    logging_collector: 'off',
    log_line_prefix: "'%m [%p] '",
    log_checkpoints: 'off',
    log_min_duration_statement: -1,
    // Errors of statements are reported by the program that sent them; the values in them are customers' data.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
}
