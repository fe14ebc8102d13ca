/**
 * Embedded Signup: Meta's window, opened by Meta's script, on a page of its own. The code comes back through the script, the ids by a
 * message; both go to the server with the state that this page got.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { loadSdk, openSignup } from './facebook-sdk.ts';
import {
  connectionQuery,
  finishConsent,
  startConsent,
  type Connection,
  type ConsentStart,
} from './queries.ts';
import { readSignupMessage, type SignupResult } from './signup-message.ts';
import styles from './connect-page.module.css';

/** The code may come a moment before the ids. */
const IDS_WITHIN_MS = 1_500;

/** Prepared before the click: a window that opens later than the click is blocked. */
async function prepare() {
  const start = await startConsent('embedded_signup');
  if (!start.sdk) throw new Error('Embedded Signup was not offered.');
  return { start, sdk: start.sdk, loaded: await loadSdk(start.sdk) };
}

class Cancelled extends Error {}

/** Everything between the click and the stored connection. Throws Cancelled when the person closed the window. */
async function signUp({ start, sdk, loaded }: Awaited<ReturnType<typeof prepare>>): Promise<Connection> {
  const said = listen(sdk.message_origins);
  try {
    const code = await openSignup(loaded, sdk);
    const result = await said.within(code === null ? 0 : IDS_WITHIN_MS);
    if (code === null)
      throw new Cancelled(
        result?.kind === 'cancelled' && result.message ? result.message : 'The window was closed.',
      );
    return await finishConsent(answerOf(start, code, result));
  } finally {
    said.stop();
  }
}

function answerOf({ state }: ConsentStart, code: string, result: SignupResult | null) {
  if (result?.kind !== 'finished') return { state, code };
  const { wabaId, phoneNumberId } = result;
  return {
    state,
    code,
    ...(wabaId ? { waba_id: wabaId } : {}),
    ...(phoneNumberId ? { phone_number_id: phoneNumberId } : {}),
  };
}

/** Keeps the newest result that Meta's window posts. */
function listen(origins: readonly string[]) {
  let newest: SignupResult | null = null;
  let told: (() => void) | null = null;
  const hear = (event: MessageEvent<unknown>) => {
    newest = readSignupMessage(event, origins) ?? newest;
    if (newest) told?.();
  };
  window.addEventListener('message', hear);
  return {
    stop: () => window.removeEventListener('message', hear),
    within: (milliseconds: number) =>
      new Promise<SignupResult | null>((resolve) => {
        if (newest) return resolve(newest);
        const timer = setTimeout(() => resolve(newest), milliseconds);
        told = () => {
          clearTimeout(timer);
          resolve(newest);
        };
      }),
  };
}

export function SignupPage() {
  const ready = useQuery({
    queryKey: ['embedded-signup'],
    queryFn: prepare,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const navigate = useNavigate();
  const client = useQueryClient();
  const signup = useMutation({
    mutationFn: signUp,
    onSuccess: (connection) => {
      client.setQueryData(connectionQuery(connection.id).queryKey, connection);
      void navigate({ to: '/connect/$connectionId', params: { connectionId: connection.id } });
    },
  });
  const problem = ready.error ?? signup.error;
  return (
    <div className={styles['page']}>
      <div className={styles['column']}>
        <Link to="/connect" className={styles['back']} reloadDocument>
          <ArrowLeft size={15} aria-hidden /> Connect WhatsApp
        </Link>
        <h1 className={styles['title']}>Set up WhatsApp with Meta</h1>
        <Card>
          <p className={styles['cardText']}>
            A window of Meta opens. Choose or make a business, its WhatsApp account and a number. When it
            closes, the account is connected here.
          </p>
          {problem && <SignupProblem problem={problem} />}
          <div className={styles['row']}>
            <Button
              variant="primary"
              size="l"
              busy={ready.isPending || signup.isPending}
              disabled={!ready.data}
              onClick={() => ready.data && signup.mutate(ready.data)}
            >
              Open Meta’s window
            </Button>
          </div>
        </Card>
      </div>
    </div>
  );
}

function SignupProblem({ problem }: { problem: Error }) {
  if (problem instanceof Cancelled) return <Callout>{problem.message} Nothing was connected.</Callout>;
  const blocked = problem.message.startsWith('The SDK');
  return (
    <Callout tone="bad">
      {blocked
        ? 'Meta’s script could not be loaded. Allow connect.facebook.net in your content blocker, or go back and choose “Continue with Facebook”.'
        : describeError(problem)}
    </Callout>
  );
}
