/** Where a request comes from: what limits and sessions need to know of it before they know whom it is from. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newToken } from '../../platform/ids.ts';
import { deviceOf, setDeviceCookie } from './session-cookies.ts';

/** Who asks, as far as it is known without a session. */
export type Caller = {
  address: string;
  userAgent: string | null;
  /** A secret that this browser alone has; null for programs. */
  device: string | null;
};

/** Reads it from the request. A browser without a device secret gets a new one; it is kept when it signs in. */
export function callerOf(request: FastifyRequest, publicUrl: string): Caller {
  const isBrowser = request.headers['sec-fetch-site'] !== undefined || request.headers.origin !== undefined;
  return {
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
    device: deviceOf(request, publicUrl) ?? (isBrowser ? newToken() : null),
  };
}

/** Lets the browser keep its device secret. */
export function keepDevice(reply: FastifyReply, publicUrl: string, caller: Caller): void {
  if (caller.device !== null) setDeviceCookie(reply, publicUrl, caller.device);
}
