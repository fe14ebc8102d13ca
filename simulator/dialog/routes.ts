/**
 * `/dialog/oauth`: the page on which the owner of a business shares accounts with the app. Answers as Meta's dialog
 * does: `redirect_uri?code&state`, or `error=access_denied`; the app hears PARTNER_ADDED. `/dialog/signup` is the window of
 * Embedded Signup, which posts a message to its opener and gives the code to the SDK.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { declareAccount, listAccountViews } from '../control/accounts.ts';
import type { SimulatorControl } from '../control/control.ts';
import { formatNumber } from '../messages/ids.ts';
import { publicRoute } from '../public-route.ts';
import { PAGE_HEADERS, serveFiles } from '../serve-files.ts';
import { isCallbackAllowed } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { PhoneNumber } from '../state/state.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { tellPartnerAdded } from '../webhooks/partner-added.ts';
import { consentPage, mistakePage, signupEndPage, signupPage } from './pages.ts';

/** `base` is the path under which the simulator is mounted: pages must stay on the host that the browser came to. */
type DialogContext = { sim: Simulation; engine: WebhookEngine; control: SimulatorControl; base: string };
type Fields = Record<string, string>;

export function dialogRoutes(app: FastifyInstance, parts: Omit<DialogContext, 'base'>): void {
  const context: DialogContext = { ...parts, base: app.prefix };
  serveFiles(app, '/dialog', new URL('./', import.meta.url), ['dialog.css', 'sdk.js', 'popup.js']);
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
  app.route({
    ...publicRoute,
    method: 'GET',
    url: '/dialog/signup',
    handler: (request, reply) => showSignup(context, request, reply),
  });
  app.route({
    ...publicRoute,
    method: 'POST',
    url: '/dialog/signup',
    handler: (request, reply) => finishSignup(context, request, reply),
  });
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
  return reply.send(consentPage(base, { query, accounts: listChoices(sim) }));
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
  const { sim, base } = context;
  const form = readForm(request);
  const fields = Object.fromEntries(form);
  const fault = faultOf(sim, fields, request.host);
  if (fault !== null)
    return reply.code(400).headers(PAGE_HEADERS).type('text/html').send(mistakePage(base, fault));
  const redirectUri = fields['redirect_uri'] ?? '';
  const target = new URL(redirectUri);
  if (fields['state']) target.searchParams.set('state', fields['state']);
  const chosen = form.getAll('waba_id').filter((id) => id !== '');
  if (fields['decision'] !== 'allow' || chosen.length === 0) {
    target.searchParams.set('error', 'access_denied');
    target.searchParams.set('error_code', '200');
    target.searchParams.set('error_reason', 'user_denied');
    target.searchParams.set('error_description', 'Permissions error');
    return reply.redirect(target.href, 303);
  }
  const wabaIds = chosen.map((id) => chosenAccount(sim, id, fields));
  // Facebook Login for Business gives what its configuration says; a plain dialog a user's token.
  const tokenType = fields['config_id'] ? 'SYSTEM_USER' : 'USER';
  const code = share(context, { appId: fields['client_id'] ?? '', wabaIds, redirectUri, tokenType });
  target.searchParams.set('code', code);
  return reply.redirect(target.href, 303);
}

/** The code for what was shared; the app hears of it now, later or never, as the switch says. */
function share(
  { sim, engine, control }: DialogContext,
  shared: {
    appId: string;
    wabaIds: string[];
    redirectUri: string | null;
    tokenType: 'USER' | 'SYSTEM_USER';
  },
): string {
  const { appId, wabaIds, redirectUri, tokenType } = shared;
  const told = sim.state.faults.partner_added;
  if (told === 'before') for (const wabaId of wabaIds) tellPartnerAdded(sim, engine, { wabaId, appId });
  return control.issueCode({
    waba_ids: wabaIds,
    redirect_uri: redirectUri,
    app_id: appId,
    token_type: tokenType,
    announce: told === 'after',
  }).code;
}

function readForm(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
}

/** The account of that id, or a new one when the form asks for it. */
function chosenAccount(sim: Simulation, chosen: string, form: Fields): string {
  if (sim.state.accounts[chosen]) return chosen;
  const name = (form['name'] ?? '').trim() || 'New business';
  const phone = (form['phone'] ?? '').replace(/\D/g, '');
  const made = declareAccount(sim, {
    name,
    subscribed: false,
    registered: false,
    app_id: form['client_id'] ?? '',
    ...(phone === '' ? {} : { display_phone_number: phone }),
  });
  sim.log.info(
    { waba_id: made.waba_id, number: formatNumber(made.display_phone_number) },
    'simulator made an account',
  );
  return made.waba_id;
}

function listChoices(sim: Simulation): { id: string; name: string; numbers: string }[] {
  return listAccountViews(sim).map((account) => ({
    id: account.waba_id,
    name: account.name,
    numbers: account.phone_numbers.map((number) => number.formatted).join(', '),
  }));
}

/** The popup of Embedded Signup, which FB.login of our SDK opens. */
function showSignup(
  { sim, base }: DialogContext,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const query = request.query as Fields;
  const fault = signupFaultOf(sim, query, request.host);
  reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8');
  if (fault !== null) return reply.code(400).send(mistakePage(base, fault));
  return reply.send(signupPage(base, { query, accounts: listChoices(sim) }));
}

function signupFaultOf(sim: Simulation, query: Fields, host: string): string | null {
  // Whoever opens it gets the code by a message: the same addresses as for a redirect.
  return faultOf(sim, { ...query, redirect_uri: query['origin'] ?? '' }, host);
}

const EVENTS: Record<string, string> = {
  number: 'FINISH',
  app: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING',
  nothing: 'FINISH_ONLY_WABA',
};

function finishSignup(context: DialogContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { sim, base } = context;
  const form = Object.fromEntries(readForm(request));
  const fault = signupFaultOf(sim, form, request.host);
  reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8');
  if (fault !== null) return reply.code(400).send(mistakePage(base, fault));
  const origin = new URL(form['origin'] ?? '').origin;
  if (form['decision'] !== 'allow') {
    const cancelled = { event: 'CANCEL', data: { current_step: 'BUSINESS_ACCOUNT_SELECTION' } };
    return reply.send(signupEndPage(base, { origin, message: signupMessage(cancelled), code: null }));
  }
  const wabaId = chosenAccount(sim, form['waba_id'] ?? 'new', form);
  const number = Object.values(sim.state.numbers).find((one) => one.waba_id === wabaId);
  const chosen = EVENTS[form['with'] ?? ''] ? (form['with'] ?? 'number') : 'number';
  if (number && chosen === 'app') onboardFromApp(sim, number);
  const data = {
    waba_id: wabaId,
    business_id: sim.state.accounts[wabaId]?.business_id ?? '',
    ...(number && chosen !== 'nothing' ? { phone_number_id: number.phone_number_id } : {}),
  };
  const appId = form['client_id'] ?? '';
  const code = share(context, { appId, wabaIds: [wabaId], redirectUri: null, tokenType: 'SYSTEM_USER' });
  const message = signupMessage({ event: EVENTS[chosen] ?? 'FINISH', data });
  return reply.send(signupEndPage(base, { origin, message, code }));
}

/** The number stays in the WhatsApp Business app, which may send its contacts and chats for a day from now. */
function onboardFromApp(sim: Simulation, number: PhoneNumber): void {
  const app = { on_biz_app: true, registered: true, status: 'CONNECTED' };
  Object.assign(number, app, { last_onboarded_time: sim.now(), app_data_sent: [] });
}

/** Meta posts JSON as text. */
function signupMessage(content: { event: string; data: object }): string {
  return JSON.stringify({ type: 'WA_EMBEDDED_SIGNUP', version: '3', ...content });
}
