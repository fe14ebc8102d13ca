/**
 * The simulator asks nobody who they are, so a page of another site must not reach it through the browser of whoever runs it:
 * neither by a request of its own, nor by pointing its name at this machine (DNS rebinding), which makes it look like our page.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isIP } from 'node:net';

/** A hook that answers 403 to such requests. `publicHosts` are names, without port, that the operator gave this server. */
export function refuseOtherSites(publicHosts: readonly string[]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site')
      await reply.code(403).send({ error: 'Pages of other sites may not use the simulator.' });
    else if (!isOwnName(request.hostname.toLowerCase(), publicHosts))
      await reply.code(403).send({
        error:
          'The simulator does not know this name. Reach it as localhost, or set PUBLIC_URL to this address.',
      });
  };
}

/** Addresses and names without a dot cannot be made to point here by a stranger's name server. */
function isOwnName(name: string, publicHosts: readonly string[]): boolean {
  if (publicHosts.includes(name) || name.endsWith('.localhost')) return true;
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || !name.includes('.');
}
