/** Set up before each file of tests that run whole servers: their requests are watched, and a secret that got out fails the file. */
import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import { lookAtAddress, takeLeaks } from './secret-watch.ts';

diagnostics.subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRequest', (request, _reply, done) => {
    lookAtAddress(request.url);
    done();
  });
});

// Registered before those of the file, so that it comes after them, when all servers have stopped.
afterAll(() => {
  const leaks = takeLeaks();
  if (leaks.length > 0) throw new Error(`Secrets got out:\n  ${leaks.slice(0, 20).join('\n  ')}`);
});
