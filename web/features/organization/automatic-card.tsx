/** What Switchboard tells people whose message waits, in which language, and further words for STOP and START. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AutomaticMessages } from '../../../src/modules/organizations/contract-automatic.ts';
import type { Tagged } from '../../lib/api.ts';
import { useForm } from '../../lib/use-form.ts';
import { CardForm } from '../../ui/card-form.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { changeAutomaticMessages } from './queries.ts';

type Language = AutomaticMessages['language'];

const languageNames: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  it: 'Italiano',
  nl: 'Nederlands',
  hi: 'हिन्दी',
  ar: 'العربية',
  tr: 'Türkçe',
};
const languages = Object.entries(languageNames).map(([value, label]) => ({ value, label }));
const isLanguage = (value: string): value is Language => value in languageNames;

/** As people write a list: with commas. */
const wordsIn = (list: string) => [...new Set(list.split(',').map((word) => word.trim()))].filter(Boolean);
const faultOfWords = (list: string) => {
  if (wordsIn(list).some((word) => word.length > 40)) return 'A word has at most 40 characters.';
  return wordsIn(list).length > 30 ? 'At most 30 words.' : null;
};

type Fields = {
  language: Language;
  enabled: boolean;
  texts: AutomaticMessages['notice']['texts'];
  stop: string;
  start: string;
};

const fieldsOf = ({ language, notice, stop_words, start_words }: AutomaticMessages): Fields => ({
  language,
  enabled: notice.enabled,
  texts: notice.texts,
  stop: stop_words.join(', '),
  start: start_words.join(', '),
});

/** Texts in one order, so that two settings can be compared. */
function settingsOf({ language, enabled, texts, stop, start }: Fields): AutomaticMessages {
  const own = Object.keys(languageNames).flatMap((key) => {
    const text = isLanguage(key) ? texts[key]?.trim() : undefined;
    return text ? [[key, text]] : [];
  });
  return {
    language,
    notice: { enabled, texts: Object.fromEntries(own) as Fields['texts'] },
    stop_words: wordsIn(stop),
    start_words: wordsIn(start),
  };
}

/** What was loaded while somebody types is shown when they have changed nothing; otherwise the server refuses to save over it. */
export function AutomaticCard({ saved }: { saved: Tagged<AutomaticMessages> }) {
  const client = useQueryClient();
  const [begun, setBegun] = useState(saved);
  const [fields, setFields] = useState(fieldsOf(saved.value));
  const change = (fresh: Partial<Fields>) => setFields((known) => ({ ...known, ...fresh }));
  const { language, enabled, texts, stop, start } = fields;
  const changed = settingsOf(fields);
  const unchanged = JSON.stringify(changed) === JSON.stringify(settingsOf(fieldsOf(begun.value)));
  if (unchanged && saved.tag !== begun.tag) {
    setBegun(saved);
    setFields(fieldsOf(saved.value));
  }
  const form = useForm(
    () => ({ stop: faultOfWords(stop), start: faultOfWords(start) }),
    async () => {
      setBegun(await changeAutomaticMessages(client, { value: changed, tag: begun.tag }));
      toast('Automatic messages are saved.');
    },
  );
  return (
    <CardForm
      form={form}
      title="Automatic messages"
      about="What customers get without anybody writing it. Nobody who is blocked or wrote STOP gets any."
      unchanged={unchanged}
    >
      <Select
        label="Language"
        value={language}
        options={languages}
        help="Of the question whom somebody means, of the notice, and of answers to STOP and START."
        onChange={(event) => isLanguage(event.target.value) && change({ language: event.target.value })}
      />
      <Checkbox
        label="Tell people that their message waits"
        help="When nobody is found to answer, and at most once in 24 hours."
        checked={enabled}
        onChange={(checked) => change({ enabled: checked })}
      />
      {enabled && (
        <TextArea
          label={`Own words, in ${languageNames[language]}`}
          lang={language}
          maxLength={1000}
          placeholder="Empty: the usual words"
          value={texts[language] ?? ''}
          help={
            <>
              <code>{'{brand}'}</code> becomes your brand.
            </>
          }
          onChange={(event) => change({ texts: { ...texts, [language]: event.target.value } })}
        />
      )}
      <TextField
        label="Further words for STOP"
        name="stop"
        value={stop}
        error={form.faults['stop'] ?? null}
        help="With commas between them. STOP and its like in ten languages count anyway, when they are the whole message."
        onChange={(event) => change({ stop: event.target.value })}
      />
      <TextField
        label="Further words for START"
        name="start"
        value={start}
        error={form.faults['start'] ?? null}
        onChange={(event) => change({ start: event.target.value })}
      />
    </CardForm>
  );
}
