/** What Fastify's own errors mean for a caller, in words that say what to do. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

const WORDS: Record<string, [code: string, message: string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'platform.unsupported_media_type',
    'Send the body as JSON, with "content-type: application/json".',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'platform.malformed_json',
    'The body is not valid JSON. Correct it and send again.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'platform.malformed_json',
    'The body is empty. Send JSON, or leave out the content type.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'platform.malformed_request',
    'The body is not as long as content-length says.',
  ],
  FST_ERR_BAD_URL: ['platform.malformed_url', 'The address is not well formed. Check its percent-encoding.'],
  FST_ERR_MAX_PARAM_LENGTH: ['platform.malformed_url', 'A part of the address is too long.'],
};

/** The fault that an error with a status of a caller's fault stands for, or null. */
export function frameworkFault(error: unknown, request: FastifyRequest): AppError | null {
  if (!(error instanceof Error)) return null;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status < 400 || status > 499) return null;
  if (status === 413) return tooLarge(request);
  const known = 'code' in error && typeof error.code === 'string' ? WORDS[error.code] : undefined;
  if (known !== undefined) return new AppError(known[0], status, known[1]);
  if (error instanceof SyntaxError) return malformedJson(status);
  return new AppError(
    'platform.bad_request',
    status,
    'The request cannot be served as it is. Check it against /docs.',
  );
}

function malformedJson(status: number): AppError {
  return new AppError(
    'platform.malformed_json',
    status,
    'The body is not JSON that may be used here. Correct it and send again.',
  );
}

function tooLarge(request: FastifyRequest): AppError {
  const kibibytes = Math.floor(request.routeOptions.bodyLimit / 1024);
  const remedy = `The body is larger than the ${String(kibibytes)} KiB that this address takes. Send less at once.`;
  return new AppError('platform.body_too_large', 413, remedy);
}
