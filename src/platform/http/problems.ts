/**
 * Every fault as one problem document (RFC 9457). What must stay true: the text of a bug never leaves the process, no
 * answer has a stack, and a fault is logged once, with the request id that its answer carries.
 */
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { databaseFault } from './database-faults.ts';
import { frameworkFault } from './framework-faults.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** One field of the request that is wrong: `in` the body, query, params or headers, `path` as a JSON pointer. */
export type InvalidField = { in: string; path: string; message: string };

export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  errors?: unknown;
  details?: unknown;
};

/** Turns errors of a layer that the platform does not know into AppErrors; null leaves them to the platform. */
export type TranslateError = (error: unknown) => AppError | null;

/** Answers every error of every route, of the framework, and of unknown addresses. */
export function answerWithProblems(server: FastifyInstance, translate: TranslateError = () => null): void {
  server.setErrorHandler((error, request, reply) => {
    const fault = toAppError(error, request, translate);
    logFault(error, fault, request);
    return sendProblem(request, reply, fault);
  });
}

/** What any thrown value becomes for the caller. */
export function toAppError(error: unknown, request: FastifyRequest, translate: TranslateError): AppError {
  if (error instanceof AppError) return error;
  return translate(error) ?? databaseFault(error) ?? frameworkFault(error, request) ?? hiddenFault();
}

/** Sends the problem document with the headers that its status asks for. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, fault: AppError): FastifyReply {
  const status = fault.status >= 400 && fault.status <= 599 ? fault.status : 500;
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  const wait = retryAfter(fault) ?? (status === 503 ? 5 : null);
  if (wait !== null && !reply.hasHeader('retry-after')) void reply.header('retry-after', String(wait));
  void reply.header('cache-control', 'no-store');
  const problem = toProblem(fault, status, request.id);
  return reply.status(status).header('content-type', PROBLEM_TYPE).serializer(JSON.stringify).send(problem);
}

/** For answers that are made before a request reaches a route. */
export function frameworkErrors(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(request, reply, frameworkFault(error, request) ?? hiddenFault());
}

function toProblem(fault: AppError, status: number, requestId: string): Problem {
  const problem: Problem = {
    type: `urn:switchboard:problem:${fault.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: fault.message,
    code: fault.code,
    request_id: requestId,
  };
  const details = fault.details;
  if (isRecord(details) && 'errors' in details) return { ...problem, errors: details['errors'] };
  return details === undefined ? problem : { ...problem, details };
}

function hiddenFault(): AppError {
  return new AppError(
    'platform.internal',
    500,
    'Something went wrong on our side. Tell an administrator the request_id.',
  );
}

function logFault(error: unknown, fault: AppError, request: FastifyRequest): void {
  if (fault.code === 'platform.internal') request.log.error({ err: error }, 'A request failed');
  else if (error !== fault || fault.status >= 500)
    request.log.warn({ err: error, fault: fault.code }, 'A request was refused');
  else request.log.debug({ fault: fault.code, status: fault.status }, 'A request was refused');
}

function retryAfter(fault: AppError): number | null {
  const wait = isRecord(fault.details) ? fault.details['retry_after'] : undefined;
  return typeof wait === 'number' && wait >= 0 ? Math.ceil(wait) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
