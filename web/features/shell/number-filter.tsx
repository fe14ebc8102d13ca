/** The choice of the number whose conversations the inbox shows. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { MenuRadioGroup, MenuRadioItem } from '../../ui/menu.tsx';

type Numbered = { phone_number_id: string };

const allNumbers = 'all';

/** The one of these that was chosen; undefined while all are shown. */
export function useShownNumber<T extends Numbered>(numbers: readonly T[]): T | undefined {
  const { number } = useSearch({ strict: false });
  return numbers.find((one) => one.phone_number_id === number);
}

type NumberFilterProps<T> = { label: string; numbers: readonly T[]; children: (number: T) => ReactNode };

export function NumberFilter<T extends Numbered>({ label, numbers, children }: NumberFilterProps<T>) {
  const navigate = useNavigate();
  const shown = useShownNumber(numbers);
  const show = (value: string) =>
    void navigate({ to: '/inbox', search: value === allNumbers ? {} : { number: value } });
  return (
    <MenuRadioGroup label={label} value={shown?.phone_number_id ?? allNumbers} onChange={show}>
      <MenuRadioItem value={allNumbers}>All numbers</MenuRadioItem>
      {numbers.map((one) => (
        <MenuRadioItem key={one.phone_number_id} value={one.phone_number_id}>
          {children(one)}
        </MenuRadioItem>
      ))}
    </MenuRadioGroup>
  );
}
