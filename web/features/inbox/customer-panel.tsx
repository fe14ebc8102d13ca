/** Who the customer is and on which number they write. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { AtSign, Building2, Globe, Phone, RadioTower, UserRound, UserRoundCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { countryNameOfPhone, formatPhone } from '../../lib/phone.ts';
import { momentInSentence } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Callout } from '../../ui/callout.tsx';
import { RouteCard } from '../triage/route-card.tsx';
import { CustomerActions } from './customer-actions.tsx';
import { nameOfCustomer, type Conversation } from './model.ts';
import { messagesQuery } from './queries.ts';
import styles from './customer-panel.module.css';

type CustomerPanelProps = { conversation: Conversation; onDone?: () => void };

/** `onDone` is called when the customer was blocked or unblocked. */
export function CustomerPanel({ conversation, onDone }: CustomerPanelProps) {
  const { customer, number, agent_name: agent } = conversation;
  const country = customer.phone ? countryNameOfPhone(customer.phone) : null;
  return (
    <div className={styles['panel']}>
      <div className={styles['top']}>
        <Avatar name={customer.name} colourOf={`${customer.id}`} size="l" />
        <h2 className={styles['name']}>{nameOfCustomer(customer)}</h2>
        <WindowState conversation={conversation} />
      </div>
      {conversation.blocked && <BlockNote blocked={conversation.blocked} />}
      <h3 className={styles['heading']}>Contact</h3>
      <dl className={styles['facts']}>
        <Fact icon={<Phone size={16} aria-hidden />} term="Phone">
          {customer.phone ? (
            <a href={`tel:+${customer.phone}`}>{formatPhone(customer.phone)}</a>
          ) : (
            'Hidden by WhatsApp'
          )}
        </Fact>
        {customer.username && (
          <Fact icon={<AtSign size={16} aria-hidden />} term="Username">
            @{customer.username}
          </Fact>
        )}
        {country && (
          <Fact icon={<Globe size={16} aria-hidden />} term="Country">
            {country}
          </Fact>
        )}
      </dl>
      <h3 className={styles['heading']}>Conversation</h3>
      <dl className={styles['facts']}>
        <Fact icon={<Building2 size={16} aria-hidden />} term="Came in on">
          {formatPhone(number.display_phone_number)}
          {number.verified_name && <small>{number.verified_name}</small>}
        </Fact>
        <Fact icon={<RadioTower size={16} aria-hidden />} term="Kind of number">
          {number.mode === 'central' ? 'Shared by several people' : 'One person answers'}
        </Fact>
        {agent && (
          <Fact icon={<UserRound size={16} aria-hidden />} term="Answered by">
            {agent}
          </Fact>
        )}
        {conversation.assignee_name && (
          <Fact icon={<UserRoundCheck size={16} aria-hidden />} term="Assigned to">
            {conversation.assignee_name}
          </Fact>
        )}
      </dl>
      <WhyHere conversation={conversation} />
      <CustomerActions conversation={conversation} onDone={onDone} />
    </div>
  );
}

/** Of what the customer wrote last, whoever wrote since: only what comes in is routed. */
function WhyHere({ conversation: { id, last_message: last } }: { conversation: Conversation }) {
  const thread = useInfiniteQuery({ ...messagesQuery(id), enabled: last?.direction === 'outbound' });
  if (last?.direction === 'inbound') return <RouteCard key={last.id} messageId={last.id} />;
  const newest = thread.data?.pages
    .flatMap((page) => page.data)
    .find(({ direction, type }) => direction === 'inbound' && type !== 'notice');
  return newest ? <RouteCard key={newest.id} messageId={newest.id} /> : null;
}

function BlockNote({ blocked: { at, by, reason } }: { blocked: NonNullable<Conversation['blocked']> }) {
  const now = useNow();
  return (
    <div className={styles['blocked']}>
      <Callout tone="bad">
        <p>
          Blocked by {by ?? 'somebody who has left'}, {momentInSentence(new Date(at), now)}
          {reason ? `: ${reason}` : '.'}
        </p>
        <p>
          What they write is kept here. Nobody is told, and nobody can answer.{' '}
          <Link to="/settings/blocked">All blocked senders</Link>
        </p>
      </Callout>
    </div>
  );
}

function WindowState({ conversation }: { conversation: Conversation }) {
  const now = useNow();
  const end = conversation.window_closes_at ? new Date(conversation.window_closes_at) : null;
  const open = end !== null && end > now && conversation.status !== 'blocked';
  return (
    <p className={open ? styles['open'] : styles['closed']}>
      {conversation.blocked
        ? 'Blocked'
        : open
          ? `Open until ${momentInSentence(end, now)}`
          : 'Waiting for the customer to write'}
    </p>
  );
}

function Fact({ icon, term, children }: { icon: ReactNode; term: string; children: ReactNode }) {
  return (
    <div className={styles['fact']}>
      <dt>
        {icon}
        {term}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
