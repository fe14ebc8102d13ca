/** The second factor: off with a way to turn it on, on with its recovery codes and a way to turn it off. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';
import { withRecentSignIn } from '../sign-in/confirm-identity.tsx';
import { DisableTotpDialog } from './disable-totp-dialog.tsx';
import { EnrolDialog } from './enrol-dialog.tsx';
import { enrolTotp, renewRecoveryCodes, totpQuery } from './queries.ts';
import { RecoveryCodesDialog } from './recovery-codes.tsx';
import styles from './security-page.module.css';

/** From so few on, new ones are due. */
const fewCodes = 3;
const about =
  'A code from your phone, asked for after the password. Whoever learns your password still stays out.';

export function SecondFactorCard() {
  const { data, isPending, error } = useQuery(totpQuery);
  if (error) return <Callout tone="bad">{describeError(error)}</Callout>;
  if (isPending) {
    return (
      <Card title="Second factor" about={about}>
        <Skeleton className={styles['loading'] ?? ''} />
      </Card>
    );
  }
  return data.enabled ? <TurnedOn codesLeft={data.recovery_codes_left} /> : <TurnedOff />;
}

function TurnedOff() {
  const client = useQueryClient();
  const begin = useMutation({
    mutationFn: () => withRecentSignIn(enrolTotp),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <>
      <Card
        title="Second factor"
        about={about}
        aside={<Badge>Off</Badge>}
        footer={
          <Button variant="primary" busy={begin.isPending} onClick={() => begin.mutate()}>
            Set up
          </Button>
        }
      >
        <p className={styles['note']}>
          You need an authenticator app: many phones and password managers have one built in.
        </p>
      </Card>
      {begin.data && (
        <EnrolDialog
          enrolment={begin.data}
          onClose={() => {
            begin.reset();
            void client.invalidateQueries(totpQuery);
          }}
        />
      )}
    </>
  );
}

function TurnedOn({ codesLeft }: { codesLeft: number }) {
  const client = useQueryClient();
  const [isTurningOff, setTurningOff] = useState(false);
  const renew = useMutation({
    mutationFn: () => withRecentSignIn(renewRecoveryCodes),
    onSuccess: () => client.invalidateQueries(totpQuery),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  const left = codesLeft === 1 ? 'One recovery code is left.' : `${codesLeft} recovery codes are left.`;
  return (
    <Card
      title="Second factor"
      about={about}
      aside={<Badge tone="good">On</Badge>}
      footer={
        <>
          <Button variant="danger" onClick={() => setTurningOff(true)}>
            Turn off
          </Button>
          <Button busy={renew.isPending} onClick={() => renew.mutate()}>
            New recovery codes
          </Button>
        </>
      }
    >
      {codesLeft <= fewCodes ? (
        <Callout tone="warn">
          {codesLeft === 0 ? 'No recovery code is left.' : left} Make new ones before you need one.
        </Callout>
      ) : (
        <p className={styles['note']}>{left} Each signs you in once when your phone is out of reach.</p>
      )}
      {renew.data && <RecoveryCodesDialog codes={renew.data.recovery_codes} onClose={() => renew.reset()} />}
      <DisableTotpDialog open={isTurningOff} onOpenChange={setTurningOff} />
    </Card>
  );
}
