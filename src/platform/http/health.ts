/** For whoever watches the process: alive, ready, measured. None of it tells more than names and states. */
import { AppError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { sendProblem } from './problems.ts';
import type { HttpServer } from './server.ts';

/** One part that must work before requests are welcome. `name` is shown to anyone; the error is only logged. */
export type ReadinessCheck = { name: string; check: () => Promise<void> };

/** A check that hangs counts as failed after this many milliseconds. */
const CHECK_TIMEOUT = 2_000;

export function addHealthRoutes(
  server: HttpServer,
  options: { readiness: readonly ReadinessCheck[]; metrics: Metrics },
): void {
  const open = { schema: { hide: true }, config: { access: 'public' as const } };
  server.get('/healthz', open, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  server.get('/readyz', open, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const failures = await Promise.all(options.readiness.map(failureOf));
    const checks = options.readiness.map(({ name }, index) => ({ name, ok: failures[index] === null }));
    const failing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    if (failing.length === 0) return { status: 'ready', checks };
    request.log.warn({ failing, errors: failures.filter((failure) => failure !== null) }, 'Not ready');
    const detail = `Not ready: ${failing.join(', ')}.`;
    return sendProblem(request, reply, new AppError('platform.not_ready', 503, detail, { checks }));
  });
  server.get('/metrics', open, async (_request, reply) => {
    const { registry } = options.metrics;
    return reply
      .header('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  });
}

async function failureOf(readiness: ReadinessCheck): Promise<unknown> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, CHECK_TIMEOUT, new Error(`${readiness.name} did not answer in time`));
  try {
    await Promise.race([readiness.check(), tooLate]);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}
