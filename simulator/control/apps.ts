/** Meta apps, and what gives them access: tokens, and the codes of the consent dialog. */
import { issueToken as newToken } from '../graph/oauth.ts';
import { oauthCode } from '../messages/ids.ts';
import { isCallbackAllowed } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { App } from '../state/state.ts';
import type { SimulatorControl } from './control.ts';
import { ControlError } from './control-error.ts';

type InputOf<Name extends 'declareApp' | 'issueToken' | 'revokeTokens' | 'issueCode'> = Parameters<
  SimulatorControl[Name]
>[0];

/** Throws ControlError for an address that the simulator may not contact. */
export function declareApp(sim: Simulation, input: InputOf<'declareApp'>): App {
  if (!isCallbackAllowed(sim, input.webhook_url))
    throw new ControlError(400, 'webhook_url is not an address that this simulator may contact.');
  const app = {
    id: input.app_id,
    secret: input.app_secret,
    verify_token: input.verify_token,
    webhook_url: input.webhook_url,
  };
  sim.state.apps[app.id] = app;
  sim.changed();
  return app;
}

/** Revokes a token, or all of an account; how many. */
export function revokeTokens(sim: Simulation, input: InputOf<'revokeTokens'>): number {
  const { access_token: text, waba_id: wabaId, subcode = 458 } = input;
  const found = Object.values(sim.state.tokens).filter(
    (one) => one.token === text || (wabaId !== undefined && one.waba_ids?.includes(wabaId)),
  );
  for (const token of found) token.revoked = subcode;
  sim.changed();
  return found.length;
}

/** By default the token of a system user that is good for every account and does not expire. */
export function issueToken(sim: Simulation, input: InputOf<'issueToken'>): { access_token: string } {
  const { waba_ids: wabaIds = null, expires_in: expiresIn = null, type = 'SYSTEM_USER', scopes } = input;
  const appId = input.app_id ?? sim.options.appId;
  const { token } = newToken(sim, { appId, wabaIds, expiresIn, type, ...(scopes ? { scopes } : {}) });
  return { access_token: token };
}

/** A code as the consent dialog gives it: good once, for a short time. */
export function issueCode(sim: Simulation, input: InputOf<'issueCode'>): { code: string } {
  const code = oauthCode();
  sim.state.codes[code] = {
    code,
    app_id: input.app_id ?? sim.options.appId,
    waba_ids: input.waba_ids,
    redirect_uri: input.redirect_uri ?? null,
    expires_at: sim.now() + sim.timing.codeLifetime,
    used: false,
    token_type: input.token_type ?? 'SYSTEM_USER',
    announce: input.announce ?? false,
  };
  sim.changed();
  return { code };
}
