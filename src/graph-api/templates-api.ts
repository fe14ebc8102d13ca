/**
 * Message templates of an account: listing, creating, deleting.
 * Names are Meta's in camel case; `components` are passed through as Meta has them, and `raw` keeps what Meta adds.
 */
import { unusableAnswer } from './answer.ts';
import { readAllPages } from './accounts-api.ts';
import { idAt, listAt, objectAt, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { objectPath } from './object-path.ts';
import { requireSuccess } from './require-success.ts';
import type { GraphToken, GraphTransport } from './transport.ts';

export type Template = {
  id: string;
  name: string;
  language: string;
  /** APPROVED, PENDING, REJECTED, PAUSED, DISABLED and others. */
  status: string | null;
  /** AUTHENTICATION, MARKETING, UTILITY. */
  category: string | null;
  /** POSITIONAL or NAMED. */
  parameterFormat: string | null;
  components: Json[];
  qualityScore: string | null;
  rejectedReason: string | null;
  raw: JsonObject;
};

export type NewTemplate = {
  /** `[a-z0-9_]`, at most 512 characters. */
  name: string;
  language: string;
  category: string;
  components: Json[];
  parameterFormat?: string;
};

export type TemplatesApi = {
  /** The templates of an account, all pages. */
  listTemplates(token: GraphToken, wabaId: string): Promise<Template[]>;
  /** Meta reviews it; `status` is PENDING at first and Meta may change the category. */
  createTemplate(
    token: GraphToken,
    wabaId: string,
    template: NewTemplate,
  ): Promise<{ id: string; status: string | null; category: string | null }>;
  /** All languages of a name, or with `templateId` that one. The name stays taken for 30 days. */
  deleteTemplate(
    token: GraphToken,
    wabaId: string,
    template: { name: string; templateId?: string },
  ): Promise<void>;
};

const TEMPLATE_FIELDS =
  'id,name,language,status,category,parameter_format,components,quality_score,rejected_reason';

export function templatesApi(transport: GraphTransport): TemplatesApi {
  return {
    async listTemplates(token, wabaId) {
      const path = objectPath(wabaId, 'message_templates');
      const rows = await readAllPages((page) =>
        transport.call({
          method: 'GET',
          path,
          token,
          query: { fields: TEMPLATE_FIELDS, ...page },
          repeatable: true,
        }),
      );
      return rows.map(readTemplate);
    },
    async createTemplate(token, wabaId, { parameterFormat, ...template }) {
      const format = parameterFormat === undefined ? {} : { parameter_format: parameterFormat };
      const answer = await transport.call({
        method: 'POST',
        path: objectPath(wabaId, 'message_templates'),
        token,
        json: { ...template, ...format },
        repeatable: false,
      });
      const id = idAt(answer, 'id');
      if (id === null) throw unusableAnswer('no_template_id', { httpStatus: 200, repeatable: false });
      return { id, status: textAt(answer, 'status'), category: textAt(answer, 'category') };
    },
    async deleteTemplate(token, wabaId, { name, templateId }) {
      const path = objectPath(wabaId, 'message_templates');
      const query = templateId === undefined ? { name } : { name, hsm_id: templateId };
      requireSuccess(await transport.call({ method: 'DELETE', path, token, query, repeatable: true }), true);
    },
  };
}

function readTemplate(row: Json): Template {
  const id = idAt(row, 'id');
  if (id === null) throw unusableAnswer('no_id', { repeatable: true });
  return {
    id,
    name: textAt(row, 'name') ?? '',
    language: textAt(row, 'language') ?? '',
    status: textAt(row, 'status'),
    category: textAt(row, 'category'),
    parameterFormat: textAt(row, 'parameter_format'),
    components: listAt(row, 'components') ?? [],
    qualityScore: textAt(objectAt(row, 'quality_score') ?? undefined, 'score'),
    rejectedReason: textAt(row, 'rejected_reason'),
    raw: row as JsonObject,
  };
}
