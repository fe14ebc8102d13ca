/** Checks a template send against the templates of the account: existence, state, number and kind of parameters. */
import type { Simulation } from '../simulation.ts';
import type { Template } from '../state/state.ts';
import { GraphApiError } from './graph-error.ts';

type Body = Record<string, unknown>;

/** The template that a send names. Throws 132001, 132015, 132016, 132000, 132012 or 100 as Meta does. */
export function checkTemplateSend(sim: Simulation, wabaId: string, content: Body): Template {
  const name = String(content['name']);
  const language = String((content['language'] as Body)['code']);
  const template = Object.values(sim.state.templates).find(
    (one) => one.waba_id === wabaId && one.name === name && one.language === language,
  );
  if (!template || ['PENDING', 'REJECTED', 'DELETED', 'PENDING_DELETION'].includes(template.status))
    throw new GraphApiError(132001, {
      message: '(#132001) Template name does not exist in the translation',
      details: `template name (${name}) does not exist in ${language}`,
    });
  if (template.status === 'PAUSED')
    throw new GraphApiError(132015, { details: `template ${name} is paused` });
  if (template.status === 'DISABLED')
    throw new GraphApiError(132016, { details: `template ${name} is disabled` });
  const components = Array.isArray(content['components']) ? (content['components'] as Body[]) : [];
  for (const part of ['header', 'body'] as const) checkPart(template, part, components);
  return template;
}

function checkPart(template: Template, part: 'header' | 'body', components: readonly Body[]): void {
  const definition = template.components.find((one) => String(one['type']).toLowerCase() === part);
  const expected = variablesOf(definition);
  const sent = components.find((one) => String(one['type']).toLowerCase() === part);
  const parameters = Array.isArray(sent?.['parameters']) ? (sent['parameters'] as Body[]) : [];
  if (parameters.length !== expected.length)
    throw new GraphApiError(132000, {
      details:
        `${part}: number of localizable_params (${parameters.length}) does not match the expected number of params ` +
        `(${expected.length})`,
    });
  for (const parameter of parameters) {
    if (parameter['type'] === 'text' && (typeof parameter['text'] !== 'string' || parameter['text'] === ''))
      throw new GraphApiError(100, {
        details: "Parameter 'text' is mandatory for component parameter type 'text'",
      });
    if (template.parameter_format !== 'NAMED' || part !== 'body') continue;
    const name = parameter['parameter_name'];
    if (typeof name !== 'string' || name === '')
      throw new GraphApiError(100, { details: 'Parameter name is missing or empty' });
    if (!expected.includes(name))
      throw new GraphApiError(132012, { details: `Parameter ${name} is not expected` });
  }
}

/** The variables in a component; a media header counts as one. */
function variablesOf(component: Body | undefined): string[] {
  if (!component) return [];
  const format = String(component['format'] ?? 'TEXT').toUpperCase();
  if (format !== 'TEXT') return [format.toLowerCase()];
  const found = String(component['text'] ?? '').matchAll(/{{\s*(\w+)\s*}}/g);
  return [...new Set([...found].map((match) => match[1] ?? ''))];
}
