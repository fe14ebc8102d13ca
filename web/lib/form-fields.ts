/** The trimmed text of a form's field. */
export function fieldText(form: FormData, name: string): string {
  return rawFieldText(form, name).trim();
}

/** The text of a field as it was typed: spaces belong to a password. */
export function rawFieldText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
