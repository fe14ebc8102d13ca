/** Message templates: list, create, edit, delete; a new one is reviewed after a moment, with the webhook that tells so. */
import { objectId } from '../messages/ids.ts';
import type { Simulation } from '../simulation.ts';
import type { Template } from '../state/state.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { publishUpdate } from '../webhooks/publish-update.ts';
import { GraphApiError, unknownObject } from './graph-error.ts';
import { findAccount, getAccount } from './graph-request.ts';
import type { GraphRequest } from './graph-request.ts';
import { pageOf, pickFields } from './paging.ts';

const TEMPLATE_FIELDS = [
  'name',
  'parameter_format',
  'components',
  'language',
  'status',
  'category',
  'quality_score',
  'rejected_reason',
  'id',
];
const CATEGORIES = ['AUTHENTICATION', 'MARKETING', 'UTILITY'];

function templateView(template: Template): Record<string, unknown> {
  const { waba_id: _waba, created_at: _created, review_at: _review, ...shown } = template;
  return { ...shown, quality_score: { score: 'UNKNOWN' } };
}

export function listTemplates(request: GraphRequest): unknown {
  const account = getAccount(request);
  const { name, status, category, language, fields } = request.query;
  const found = Object.values(request.sim.state.templates).filter(
    (one) =>
      one.waba_id === account.waba_id &&
      (name === undefined || one.name === name) &&
      (status === undefined || one.status === status.toUpperCase()) &&
      (category === undefined || one.category === category.toUpperCase()) &&
      (language === undefined || one.language === language),
  );
  return pageOf(
    request,
    found.map((one) => ({ id: one.id, row: pickFields(templateView(one), fields, TEMPLATE_FIELDS) })),
  );
}

export function createTemplate(request: GraphRequest): unknown {
  const { sim, params } = request;
  const account = getAccount(request);
  const name = String(params['name'] ?? '');
  const language = String(params['language'] ?? '');
  const category = String(params['category'] ?? '').toUpperCase();
  const components = params['components'];
  if (!/^[a-z0-9_]{1,512}$/.test(name))
    throw new GraphApiError(100, { message: '(#100) Param name must be 1 to 512 of a-z, 0-9 and _.' });
  if (language === '')
    throw new GraphApiError(100, { message: '(#100) The parameter language is required.' });
  if (!CATEGORIES.includes(category))
    throw new GraphApiError(100, {
      message: `(#100) Param category must be one of {${CATEGORIES.join(', ')}}.`,
    });
  if (
    !Array.isArray(components) ||
    !components.some((one: { type?: string }) => one.type?.toUpperCase() === 'BODY')
  )
    throw new GraphApiError(100, { message: '(#100) The parameter components needs a BODY.' });
  const all = Object.values(sim.state.templates);
  if (all.some((one) => one.waba_id === account.waba_id && one.name === name && one.language === language))
    throw new GraphApiError(100, {
      message: '(#100) Invalid parameter',
      subcode: 2388024,
      details: 'There is already content in this language for this template.',
    });
  const template: Template = {
    id: objectId(),
    waba_id: account.waba_id,
    name,
    language,
    category,
    status: 'PENDING',
    parameter_format: params['parameter_format'] === 'NAMED' ? 'NAMED' : 'POSITIONAL',
    components: components as Record<string, unknown>[],
    created_at: sim.now(),
    review_at: Date.now() + sim.timing.templateReview,
    rejected_reason: 'NONE',
  };
  sim.state.templates[template.id] = template;
  sim.changed();
  scheduleReview(request, template);
  return { id: template.id, status: template.status, category: template.category };
}

export function getTemplate(request: GraphRequest): unknown {
  return pickFields(templateView(ownTemplate(request)), request.query['fields'], TEMPLATE_FIELDS);
}

export function editTemplate(request: GraphRequest): unknown {
  const template = ownTemplate(request);
  if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status))
    throw new GraphApiError(100, {
      subcode: 2388039,
      details: 'The template cannot be edited in this state.',
    });
  if (Array.isArray(request.params['components']))
    template.components = request.params['components'] as Record<string, unknown>[];
  template.status = 'PENDING';
  template.review_at = Date.now() + request.sim.timing.templateReview;
  scheduleReview(request, template);
  return { success: true };
}

export function deleteTemplates(request: GraphRequest): unknown {
  const account = getAccount(request);
  const { name, hsm_id: id } = request.params;
  const found = Object.values(request.sim.state.templates).filter(
    (one) => one.waba_id === account.waba_id && one.name === name && (id === undefined || one.id === id),
  );
  if (found.length === 0)
    throw new GraphApiError(100, { subcode: 2593002, details: 'There is no template of that name.' });
  for (const template of found) delete request.sim.state.templates[template.id];
  request.sim.changed();
  return { success: true };
}

function ownTemplate(request: GraphRequest): Template {
  const id = request.path[0] ?? '';
  const template = request.sim.state.templates[id];
  if (!template || !findAccount(request, template.waba_id)) throw unknownObject(id, request.method);
  return template;
}

function scheduleReview(context: { sim: Simulation; engine: WebhookEngine }, template: Template): void {
  const wait = Math.max(0, (template.review_at ?? 0) - Date.now());
  setTimeout(() => {
    if (template.review_at === null || context.sim.state.templates[template.id] !== template) return;
    setTemplateStatus(context.sim, context.engine, { template, status: 'APPROVED', reason: 'NONE' });
  }, wait).unref();
}

/** Goes on with reviews that were under way before a restart. */
export function resumeReviews(sim: Simulation, engine: WebhookEngine): void {
  for (const template of Object.values(sim.state.templates))
    if (template.review_at !== null) scheduleReview({ sim, engine }, template);
}

export type TemplateDecision = { template: Template; status: string; reason: string };

/** Gives a template another status and tells the subscribed apps. */
export function setTemplateStatus(sim: Simulation, engine: WebhookEngine, decision: TemplateDecision): void {
  const { template, status, reason } = decision;
  template.status = status;
  template.review_at = null;
  template.rejected_reason = reason;
  sim.changed();
  const account = sim.state.accounts[template.waba_id];
  if (!account) return;
  publishUpdate(sim, engine, {
    account,
    number: null,
    field: 'message_template_status_update',
    value: {
      event: status,
      message_template_id: Number(template.id),
      message_template_name: template.name,
      message_template_language: template.language,
      message_template_category: template.category,
      reason,
    },
  });
}
