/**
 * The browser's side of a session: HttpOnly cookies that no script can read. A third one outlives the session and tells a browser
 * in which somebody has signed in before from one that only guesses. `__Host-` binds them to this host and
 * needs Secure; browsers treat http://localhost as secure. A public address on plain http cannot have them: there, and
 * only there, plain names without Secure are used.
 */
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../../platform/loopback.ts';
import { ACCESS_TOKEN_SECONDS } from './access-token.ts';
import type { SessionAnswer } from './contract.ts';
import { SESSION_DAYS } from './open-session.ts';

function isSecure(publicUrl: string): boolean {
  const url = new URL(publicUrl);
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}

function cookieName(publicUrl: string, name: 'session' | 'refresh' | 'device'): string {
  return isSecure(publicUrl) ? `__Host-${name}` : `switchboard-${name}`;
}

function options(publicUrl: string, seconds: number): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(publicUrl), maxAge: seconds };
}

/** For browsers: scripts cannot read them, and they end when the tokens do. */
export function setSessionCookies(reply: FastifyReply, publicUrl: string, session: SessionAnswer): void {
  void reply
    .setCookie(
      cookieName(publicUrl, 'session'),
      session.access_token,
      options(publicUrl, ACCESS_TOKEN_SECONDS),
    )
    .setCookie(
      cookieName(publicUrl, 'refresh'),
      session.refresh_token,
      options(publicUrl, SESSION_DAYS * 86_400),
    );
}

/** The browser forgets its session; the device secret stays, so that it is known when somebody signs in again. */
export function clearSessionCookies(reply: FastifyReply, publicUrl: string): void {
  for (const name of ['session', 'refresh'] as const)
    void reply.clearCookie(cookieName(publicUrl, name), options(publicUrl, 0));
}

/** The access token of a request: the header first, for programs, then the cookie. */
export function accessTokenOf(request: FastifyRequest, publicUrl: string): string | null {
  const header = request.headers.authorization;
  if (header !== undefined) return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
  return request.cookies[cookieName(publicUrl, 'session')] ?? null;
}

/** A browser's; null when it sends none. Programs send theirs in the body. */
export function refreshTokenOf(request: FastifyRequest, publicUrl: string): string | null {
  return request.cookies[cookieName(publicUrl, 'refresh')] ?? null;
}

/** As long as browsers keep a cookie. */
const DEVICE_DAYS = 400;

/** By it a browser is known that somebody has signed in with before (auth/caller.ts). */
export function setDeviceCookie(reply: FastifyReply, publicUrl: string, device: string): void {
  void reply.setCookie(cookieName(publicUrl, 'device'), device, options(publicUrl, DEVICE_DAYS * 86_400));
}

/** Null when there is none, or it is none of ours. */
export function deviceOf(request: FastifyRequest, publicUrl: string): string | null {
  const device = request.cookies[cookieName(publicUrl, 'device')];
  return device !== undefined && /^[A-Za-z0-9_-]{43}$/.test(device) ? device : null;
}
