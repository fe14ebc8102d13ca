/** A form in a card: what is wrong with the whole stands above the fields, and below them what saves it, with a hint at its left. */
import type { ReactNode } from 'react';
import type { useForm } from '../lib/use-form.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { FormProblem } from './form-problem.tsx';

type CardFormProps = {
  form: ReturnType<typeof useForm>;
  title: string;
  about?: string;
  /** At the left of "Save". */
  hint?: ReactNode;
  /** Nothing was changed, so that there is nothing to save. */
  unchanged?: boolean;
  children: ReactNode;
};

export function CardForm({ form, title, about, hint, unchanged = false, children }: CardFormProps) {
  const save = (
    <Button type="submit" variant="primary" busy={form.busy} disabled={unchanged}>
      Save
    </Button>
  );
  return (
    <form onSubmit={(event) => void form.onSubmit(event)} noValidate>
      <Card
        title={title}
        about={about}
        footer={
          <>
            {hint}
            {save}
          </>
        }
      >
        <FormProblem problem={form.problem} />
        {children}
      </Card>
    </form>
  );
}
