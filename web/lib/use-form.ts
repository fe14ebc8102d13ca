/** State that forms share: sending, the faults of fields, the fault of the whole. */
import { useState, type ChangeEvent, type SubmitEvent } from 'react';
import { ApiError, describeError } from './api.ts';

type Faults = Record<string, string | null>;

/**
 * @param check what is wrong with each field before anything is sent; null means nothing
 * @param submit sends it; an ApiError's field errors go to the fields, the rest to `problem`
 */
export function useForm(check: (form: FormData) => Faults, submit: (form: FormData) => Promise<void>) {
  const [faults, setFaults] = useState<Faults>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const found = check(form);
    setFaults(found);
    setProblem(null);
    if (focusFirstFault(element, found)) return;
    setBusy(true);
    try {
      await submit(form);
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      const known = Object.fromEntries(fields.map((field) => [field.path, field.message]));
      setFaults(known);
      if (!focusFirstFault(element, known)) setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  }

  const clearFault = (name: string) => setFaults((known) => ({ ...known, [name]: null }));
  /** For a field that keeps its own text: its name, its fault, and that typing takes the fault away. */
  const field = (name: string) => ({ name, error: faults[name] ?? null, onChange: () => clearFault(name) });
  /** The same for a field whose text stands in a state, because something else shows it too. */
  const keptField = (name: string, value: string, keep: (value: string) => void) => ({
    name,
    value,
    error: faults[name] ?? null,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      keep(event.target.value);
      clearFault(name);
    },
  });
  return { faults, problem, busy, onSubmit, clearFault, field, keptField };
}

function focusFirstFault(form: HTMLFormElement, faults: Faults): boolean {
  for (const [name, fault] of Object.entries(faults)) {
    const field = form.elements.namedItem(name);
    if (fault && (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) {
      field.focus();
      return true;
    }
  }
  return false;
}

/** What is wrong with an email address, or null. Only the server can really tell. */
export function faultOfEmail(email: string): string | null {
  if (email === '') return 'Enter your email address.';
  return /^[^\s@]+@[^\s@]+$/u.test(email) ? null : 'This is not a complete email address.';
}
