/** Names that a property has when it holds a secret. An answer that is described to hold one must be there to give it. */
import type { FastifySchema } from 'fastify';

const SECRET =
  /^(?!has_)(.*_)?(password|password_hash|refresh_hash|token_hash|secret|app_secret|access_token|refresh_token|api_key|totp_secret|pin|encryption_key|private_key|credential|session_secret)$/;

/** Property names of every answer that the route describes. */
export function listSecretNames(schema: FastifySchema | undefined): string[] {
  const names = new Set<string>();
  const seen = new Set<object>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, member] of Object.entries(value)) {
      if (key === 'properties' && typeof member === 'object' && member !== null)
        for (const name of Object.keys(member)) if (SECRET.test(name)) names.add(name);
      walk(member);
    }
  };
  walk(schema?.response);
  return [...names];
}
