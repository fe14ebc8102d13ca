/** When one is there: days, hours, and the clock that they are read from. */
import { classNames } from '../../lib/class-names.ts';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { Replies } from './replies.ts';
import styles from './working-hours.module.css';

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const timeZones = Intl.supportedValuesOf('timeZone');

type WorkingHoursProps = {
  replies: Replies;
  faults: Record<string, string | null>;
  onChange: (part: Partial<Replies>) => void;
};

export function WorkingHours({ replies, faults, onChange }: WorkingHoursProps) {
  const { days, from, to, timeZone } = replies;
  const zones = timeZones.includes(timeZone) ? timeZones : [timeZone, ...timeZones];
  return (
    <fieldset className={styles['hours']}>
      <legend className={styles['legend']}>When you are there</legend>
      <div className={styles['days']}>
        {dayNames.map((name, index) => {
          const day = index + 1;
          const chosen = days.includes(day);
          return (
            <button
              key={name}
              type="button"
              className={classNames(styles['day'], chosen && styles['chosen'])}
              aria-pressed={chosen}
              onClick={() => onChange({ days: chosen ? days.filter((one) => one !== day) : [...days, day] })}
            >
              {name}
            </button>
          );
        })}
      </div>
      {days.length === 0 && (
        <p className={styles['note']}>No day is chosen: customers are told at any time.</p>
      )}
      <div className={styles['times']}>
        <TextField
          label="From"
          name="from"
          type="time"
          required
          value={from}
          onChange={(event) => event.target.value && onChange({ from: event.target.value })}
        />
        <TextField
          label="Until"
          name="to"
          type="time"
          required
          value={to}
          error={faults['to'] ?? null}
          onChange={(event) => event.target.value && onChange({ to: event.target.value })}
        />
        <Select
          label="Time zone"
          value={timeZone}
          options={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
          onChange={(event) => onChange({ timeZone: event.target.value })}
        />
      </div>
    </fieldset>
  );
}
