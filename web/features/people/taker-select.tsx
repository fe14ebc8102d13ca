/** The choice of the colleague who gets what somebody else has: whoever is not disabled, oneself marked. */
import { Select } from '../../ui/select.tsx';
import { useMe } from '../shell/use-me.ts';
import type { Person } from './queries.ts';

/** Of these people, those who can take over from somebody. */
export function takersFrom(people: readonly Person[], giverId: string | null): Person[] {
  return people.filter(({ id, disabled }) => id !== giverId && !disabled);
}

type TakerSelectProps = {
  label: string;
  takers: readonly Person[];
  /** Empty while nobody is chosen. */
  value: string;
  onChange: (id: string) => void;
};

export function TakerSelect({ label, takers, value, onChange }: TakerSelectProps) {
  const { user } = useMe();
  const nobody = { value: '', label: takers.length === 0 ? 'There is nobody else' : 'Choose a colleague' };
  return (
    <Select
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      options={[
        ...(value === '' ? [{ ...nobody, disabled: true }] : []),
        ...takers.map(({ id, name }) => ({ value: id, label: id === user.id ? `${name} (you)` : name })),
      ]}
    />
  );
}
