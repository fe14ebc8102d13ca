/** What webhooks about templates say. Pure. */
import { idAt, numberAt, own, textAt, type Json, type JsonObject } from '../../graph-api/json.ts';
import type { AspectReading, Reader } from './read-account-event.ts';
import { severityOf } from './severity.ts';

const at = (value: Json, key: string): Json => own(value, key) ?? null;

/** What an event tells of a template, with the name under which people know it. */
function templateFacts(value: Json, aspect: string, told: JsonObject): AspectReading[] {
  const id = idAt(value, 'message_template_id');
  if (id === null) return [];
  const name = textAt(value, 'message_template_name');
  const language = textAt(value, 'message_template_language');
  const subject = { template: id };
  const facts: AspectReading[] = [{ subject, aspect, value: told }];
  if (name !== null) facts.push({ subject, aspect: 'name', value: { name, language } });
  return facts;
}

const templateStatus: Reader = (value) => {
  const event = textAt(value, 'event') ?? 'UNKNOWN';
  const reason = textAt(value, 'reason');
  const told = { status: event, reason: reason === 'NONE' ? null : reason };
  const severity = severityOf(
    {
      APPROVED: 'good',
      REINSTATED: 'good',
      REJECTED: 'warning',
      PAUSED: 'warning',
      FLAGGED: 'warning',
      LIMIT_EXCEEDED: 'warning',
      LOCKED: 'warning',
      DISABLED: 'critical',
    },
    event,
  );
  return { event, severity, facts: templateFacts(value, 'status', told) };
};

const templateQuality: Reader = (value) => {
  const quality = textAt(value, 'new_quality_score') ?? 'UNKNOWN';
  const severity = severityOf({ GREEN: 'good', RED: 'warning' }, quality);
  return { event: quality, severity, facts: templateFacts(value, 'quality', { quality }) };
};

const templateComponents: Reader = (value) => ({
  event: 'COMPONENTS',
  severity: 'info',
  facts: templateFacts(value, 'components', {
    body: at(value, 'message_template_element'),
    title: at(value, 'message_template_title'),
    footer: at(value, 'message_template_footer'),
    buttons: at(value, 'message_template_buttons'),
  }),
});

/** With `correct_category` the change is still to come, and `new_category` is what holds until then. */
const templateCategory: Reader = (value) => {
  const correct = textAt(value, 'correct_category');
  return {
    event: correct === null ? 'CHANGED' : 'CHANGES_SOON',
    severity: 'warning',
    facts: templateFacts(value, 'category', {
      category: textAt(value, 'new_category') ?? textAt(value, 'category'),
      correct_category: correct,
      changes_at: numberAt(value, 'category_update_timestamp'),
    }),
  };
};

const templateDetection: Reader = (value) => ({
  event: 'WRONG_CATEGORY',
  severity: 'warning',
  facts: templateFacts(value, 'category', {
    category: textAt(value, 'category'),
    correct_category: textAt(value, 'correct_category'),
    changes_at: null,
  }),
});

/** By the webhook's field. */
export const templateReaders = {
  message_template_status_update: templateStatus,
  message_template_quality_update: templateQuality,
  message_template_components_update: templateComponents,
  template_category_update: templateCategory,
  template_correct_category_detection: templateDetection,
};
