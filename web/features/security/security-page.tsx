/** Settings → Security: the password, the second factor, and where one is signed in. */
import { PageHead } from '../../ui/page-head.tsx';
import { PasswordCard } from './password-card.tsx';
import { SecondFactorCard } from './second-factor-card.tsx';
import { SessionsCard } from './sessions-card.tsx';

export function SecurityPage() {
  return (
    <>
      <PageHead title="Security" lead="How you get in, and where you are signed in." />
      <PasswordCard />
      <SecondFactorCard />
      <SessionsCard />
    </>
  );
}
