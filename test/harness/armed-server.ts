/** The program `cli/switchboard.ts` with failpoints armed: `FAILPOINTS=inbound.stored:kill node test/harness/armed-server.ts start`. */
import process from 'node:process';
import { armFailpoints } from '../../src/platform/failpoints.ts';

armFailpoints(process.env['FAILPOINTS'] ?? '');
await import('../../cli/switchboard.ts');
