/** One sender: who, on which number, why they wait and what changes that, and what they wrote. */
import { Link } from '@tanstack/react-router';
import { ChevronDown, Ellipsis } from 'lucide-react';
import { formatPhone } from '../../lib/phone.ts';
import { momentInSentence } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dotted } from '../../ui/dotted.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { AssignMenu, type MenuState } from './assign-menu.tsx';
import type { Block, TriageItem, TriageState } from './queries.ts';
import { TriageMessages } from './triage-messages.tsx';
import { describeReason } from './words.ts';
import styles from './triage.module.css';

type TriageRowProps = {
  item: TriageItem;
  isChosen: boolean;
  /** What went wrong with this one. */
  error: string | null;
  menu: MenuState;
  onChoose: () => void;
  onAssign: (userId: string) => void;
  onMove: (to: TriageState) => void;
};

export function TriageRow({ item, isChosen, error, menu, onChoose, onAssign, onMove }: TriageRowProps) {
  const now = useNow();
  const { from, number } = item;
  const handle = from.phone
    ? formatPhone(from.phone)
    : from.username
      ? `@${from.username}`
      : 'Phone hidden by WhatsApp';
  return (
    <li className={styles['row']} data-row={item.id} tabIndex={-1} aria-label={from.name}>
      <div className={styles['line']}>
        <Checkbox
          label={<span className={styles['name']}>{from.name}</span>}
          checked={isChosen}
          onChange={onChoose}
        />
        <span className={styles['when']}>{momentInSentence(new Date(item.last_message_at), now)}</span>
      </div>
      <div className={styles['body']}>
        <div className={styles['about']}>
          <Dotted
            facts={[handle, `on ${number.verified_name ?? formatPhone(number.display_phone_number)}`]}
          />
          <Badge tone={item.blocked ? 'bad' : 'warn'}>
            {item.blocked ? 'Blocked' : describeReason(item.reason).title}
          </Badge>
        </div>
        {item.blocked ? <BlockLine blocked={item.blocked} now={now} /> : <ReasonLine item={item} now={now} />}
        {error && <Callout tone="bad">{error}</Callout>}
        <TriageMessages item={item} />
      </div>
      <div className={styles['rowActions']}>
        {item.state !== 'blocked' && (
          <AssignMenu
            {...menu}
            onAssign={onAssign}
            trigger={
              <Button size="s" aria-label={`Assign ${from.name}`}>
                Assign
                <ChevronDown size={14} aria-hidden />
              </Button>
            }
          />
        )}
        <MoreMenu item={item} onMove={onMove} />
      </div>
    </li>
  );
}

/** Instead of why they waited, which would not matter to anybody now. */
function BlockLine({ blocked: { at, by, reason }, now }: { blocked: Block; now: Date }) {
  return (
    <p className={styles['note']}>
      By {by ?? 'somebody who has left'}, {momentInSentence(new Date(at), now)}
      {reason && `: ${reason}`}
    </p>
  );
}

/** What would change that they wait. */
function ReasonLine({ item: { reason, asked_at }, now }: { item: TriageItem; now: Date }) {
  const { fix, link } = describeReason(reason);
  if (!fix) return null;
  return (
    <p className={styles['note']}>
      {asked_at && `Asked ${momentInSentence(new Date(asked_at), now)}. `}
      {fix} {link === 'numbers' && <Link to="/settings/numbers">Open numbers</Link>}
      {link === 'people' && <Link to="/settings/people">Open people</Link>}
    </p>
  );
}

function MoreMenu({ item, onMove }: { item: TriageItem; onMove: (to: TriageState) => void }) {
  return (
    <Menu
      label={`More for ${item.from.name}`}
      trigger={
        <IconButton label={`More for ${item.from.name}`}>
          <Ellipsis size={18} aria-hidden />
        </IconButton>
      }
    >
      {item.state === 'waiting' && <MenuItem onSelect={() => onMove('dismissed')}>Dismiss</MenuItem>}
      {item.state !== 'waiting' && (
        <MenuItem onSelect={() => onMove('waiting')}>
          {item.state === 'blocked' ? 'Unblock' : 'Take back'}
        </MenuItem>
      )}
      {item.state !== 'blocked' && (
        <MenuItem danger onSelect={() => onMove('blocked')}>
          Block…
        </MenuItem>
      )}
    </Menu>
  );
}
