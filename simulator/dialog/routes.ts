/**
 * `/dialog/oauth`: the page on which the owner of a business shares an account with the app. Answers as Meta's dialog
 * does: `redirect_uri?code&state`, or `error=access_denied`; afterwards the app hears PARTNER_ADDED.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { declareAccount, listAccountViews } from '../control/accounts.ts';
import type { SimulatorControl } from '../control/control.ts';
import { formatNumber } from '../messages/ids.ts';
import { publicRoute } from '../public-route.ts';
import { PAGE_HEADERS, serveFiles } from '../serve-files.ts';
import { isCallbackAllowed } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { publishUpdate } from '../webhooks/publish-update.ts';
import { consentPage, mistakePage } from './pages.ts';

/** `base` is the path under which the simulator is mounted: pages must stay on the host that the browser came to. */
type DialogContext = { sim: Simulation; engine: WebhookEngine; control: SimulatorControl; base: string };
type Fields = Record<string, string>;

export function dialogRoutes(app: FastifyInstance, parts: Omit<DialogContext, 'base'>): void {
  const context: DialogContext = { ...parts, base: app.prefix };
  serveFiles(app, '/dialog', new URL('./', import.meta.url), ['dialog.css']);
  for (const url of ['/dialog/oauth', '/:version/dialog/oauth']) {
    app.route({
      ...publicRoute,
      method: 'GET',
      url,
      handler: (request, reply) => show(context, request, reply),
    });
    app.route({
      ...publicRoute,
      method: 'POST',
      url,
      handler: (request, reply) => decide(context, request, reply),
    });
  }
}

function show({ sim, base }: DialogContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const query = request.query as Fields;
  const fault = faultOf(sim, query, request.host);
  reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8');
  if (fault !== null) return reply.code(400).send(mistakePage(base, fault));
  // Browsers apply form-action to the redirect that follows, so the way back must be allowed too.
  const policy = PAGE_HEADERS['content-security-policy'];
  const back = new URL(query['redirect_uri'] ?? '').origin;
  reply.header('content-security-policy', policy.replace("form-action 'self'", `form-action 'self' ${back}`));
  const accounts = listAccountViews(sim).map((account) => ({
    id: account.waba_id,
    name: account.name,
    numbers: account.phone_numbers.map((number) => number.formatted).join(', '),
  }));
  return reply.send(consentPage(base, { query, accounts }));
}

function faultOf(sim: Simulation, query: Fields, host: string): string | null {
  if (!sim.state.apps[query['client_id'] ?? ''])
    return 'Invalid App ID: client_id names no app of this simulator.';
  const redirectUri = query['redirect_uri'] ?? '';
  const isOwn =
    URL.canParse(redirectUri) &&
    /^https?:$/.test(new URL(redirectUri).protocol) &&
    new URL(redirectUri).host === host;
  if (!isOwn && !isCallbackAllowed(sim, redirectUri))
    return "Can't load URL: the redirect_uri is not an address of this machine's app.";
  return null;
}

function decide(context: DialogContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { sim, engine, control, base } = context;
  const raw = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  const form = Object.fromEntries(new URLSearchParams(raw));
  const fault = faultOf(sim, form, request.host);
  if (fault !== null)
    return reply.code(400).headers(PAGE_HEADERS).type('text/html').send(mistakePage(base, fault));
  const redirectUri = form['redirect_uri'] ?? '';
  const target = new URL(redirectUri);
  if (form['state']) target.searchParams.set('state', form['state']);
  if (form['decision'] !== 'allow') {
    target.searchParams.set('error', 'access_denied');
    target.searchParams.set('error_code', '200');
    target.searchParams.set('error_reason', 'user_denied');
    target.searchParams.set('error_description', 'Permissions error');
    return reply.redirect(target.href, 303);
  }
  const appId = form['client_id'] ?? '';
  const wabaId = chosenAccount(sim, form, appId);
  const { code } = control.issueCode({ waba_ids: [wabaId], redirect_uri: redirectUri, app_id: appId });
  tellPartnerAdded(sim, engine, { wabaId, appId });
  target.searchParams.set('code', code);
  const number = Object.values(sim.state.numbers).find((one) => one.waba_id === wabaId);
  const session = { wabaId, phoneNumberId: number?.phone_number_id ?? '' };
  return reply.redirect(withSession(target, session).href, 303);
}

/**
 * The Embedded Signup popup also tells its opener which account and number were shared. A redirect cannot post a
 * message, so the ids travel in the fragment, which the receiving page may read and no server sees.
 */
function withSession(target: URL, ids: { wabaId: string; phoneNumberId: string }): URL {
  const session = new URLSearchParams({ waba_id: ids.wabaId, phone_number_id: ids.phoneNumberId });
  target.hash = session.toString();
  return target;
}

function chosenAccount(sim: Simulation, form: Fields, appId: string): string {
  const chosen = form['waba_id'] ?? '';
  if (sim.state.accounts[chosen]) return chosen;
  const name = (form['name'] ?? '').trim() || 'New business';
  const phone = (form['phone'] ?? '').replace(/\D/g, '');
  const made = declareAccount(sim, {
    name,
    subscribed: false,
    registered: false,
    app_id: appId,
    ...(phone === '' ? {} : { display_phone_number: phone }),
  });
  sim.log.info(
    { waba_id: made.waba_id, number: formatNumber(made.display_phone_number) },
    'simulator made an account',
  );
  return made.waba_id;
}

function tellPartnerAdded(
  sim: Simulation,
  engine: WebhookEngine,
  { wabaId, appId }: { wabaId: string; appId: string },
): void {
  const account = sim.state.accounts[wabaId];
  if (!account) return;
  publishUpdate(sim, engine, {
    // Told to the app that the account was shared with, subscribed to it or not.
    account: { ...account, subscriptions: { [appId]: { override: null } } },
    number: null,
    field: 'account_update',
    entryId: sim.options.appId,
    value: { event: 'PARTNER_ADDED', waba_info: { waba_id: wabaId, owner_business_id: account.business_id } },
  });
}
