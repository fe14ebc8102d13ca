/** Connecting WhatsApp: the ways there are, what was begun and can be gone on with, and the accounts that are connected. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, FlaskConical, KeyRound, LogIn, Sparkles } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { describeError } from '../../lib/api.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { ConnectForm } from './connect-form.tsx';
import { ConnectedAccounts } from './connected-accounts.tsx';
import { beginPracticeAccount, connectOptionsQuery, startConsent, type Connection } from './queries.ts';
import { SharedAccounts } from './shared-accounts.tsx';
import { UnfinishedConnections } from './unfinished-connections.tsx';
import styles from './connect-page.module.css';

export function ConnectPage() {
  return (
    <div className={styles['page']}>
      <div className={styles['column']}>
        <Link to="/inbox" className={styles['back']}>
          <ArrowLeft size={15} aria-hidden /> Inbox
        </Link>
        <div>
          <h1 className={styles['title']}>Connect WhatsApp</h1>
          <p className={styles['lead']}>
            Every message to the account’s numbers lands in your inbox, and you answer from there.
          </p>
        </div>
        <UnfinishedConnections />
        <Ways />
        <ConnectedAccounts />
        <SharedAccounts />
      </div>
    </div>
  );
}

function Ways() {
  const { data, error, refetch } = useQuery(connectOptionsQuery);
  const [byToken, setByToken] = useState(false);
  const navigate = useNavigate();
  const open = ({ id }: Connection) =>
    void navigate({ to: '/connect/$connectionId', params: { connectionId: id } });
  if (error)
    return (
      <Callout tone="bad" action={<Button onClick={() => void refetch()}>Try again</Button>}>
        {describeError(error)}
      </Callout>
    );
  if (!data) return <Skeleton className={styles['waiting'] ?? ''} />;
  return (
    <section className={styles['ways']} aria-label="Ways to connect">
      {data.simulator && <PracticeWay onBegun={open} />}
      {data.embedded_signup && <SignupWay />}
      {data.oauth && <FacebookWay simulated={data.simulator} />}
      {!data.oauth && (
        <Callout tone="warn">
          No Meta app is configured, so nothing can be connected yet. Whoever runs this install sets FB_APP_ID
          and FB_APP_SECRET, or an owner enters their own app in the settings.
        </Callout>
      )}
      {data.oauth && !byToken && (
        <Button variant="ghost" icon={<KeyRound size={16} aria-hidden />} onClick={() => setByToken(true)}>
          I have an access token
        </Button>
      )}
      {byToken && <ConnectForm onBegun={open} />}
    </section>
  );
}

type WayProps = { icon: ReactNode; title: string; text: string; problem?: unknown; children: ReactNode };

function Way({ icon, title, text, problem, children }: WayProps) {
  return (
    <div className={styles['way']}>
      <span className={styles['cardIcon']} aria-hidden>
        {icon}
      </span>
      <div className={styles['wayWords']}>
        <h2 className={styles['cardTitle']}>{title}</h2>
        <p className={styles['cardText']}>{text}</p>
        {Boolean(problem) && <Callout tone="bad">{describeError(problem)}</Callout>}
      </div>
      <div className={styles['wayAction']}>{children}</div>
    </div>
  );
}

function PracticeWay({ onBegun }: { onBegun: (connection: Connection) => void }) {
  const { me } = useInbox();
  const begin = useMutation({
    mutationFn: () => beginPracticeAccount(me.organization.name),
    onSuccess: onBegun,
  });
  return (
    <Way
      icon={<FlaskConical size={20} />}
      title="Practice account"
      text="A number and a phone in the browser to write to it: no Meta account, no real message, no cost."
      problem={begin.error}
    >
      <Button variant="primary" busy={begin.isPending} onClick={() => begin.mutate()}>
        Connect a practice account
      </Button>
    </Way>
  );
}

/** A whole page load: only that page's policy lets Meta's script in. */
function SignupWay() {
  return (
    <Way
      icon={<Sparkles size={20} />}
      title="Set up with Embedded Signup"
      text="Meta’s window takes you through everything: business, account and number, new or existing, also a number of the WhatsApp Business app."
    >
      <a href="/connect/embedded-signup" className={buttonClass('secondary')}>
        Set up
      </a>
    </Way>
  );
}

function FacebookWay({ simulated }: { simulated: boolean }) {
  const start = useMutation({
    mutationFn: () => startConsent('oauth'),
    onSuccess: ({ dialog_url }) => window.location.assign(dialog_url),
  });
  return (
    <Way
      icon={<LogIn size={20} />}
      title="Continue with Facebook"
      text={
        simulated
          ? 'The consent page, as the simulator plays it: choose the accounts that you share.'
          : 'You already have a WhatsApp Business Account: sign in to Facebook and choose what you share.'
      }
      problem={start.error}
    >
      <Button busy={start.isPending || start.isSuccess} onClick={() => start.mutate()}>
        Continue with Facebook
      </Button>
    </Way>
  );
}
