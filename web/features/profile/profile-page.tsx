/** Who the person is to colleagues and customers. */
import { Card } from '../../ui/card.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useInbox } from '../shell/inbox-context.tsx';

export function ProfilePage() {
  const { me } = useInbox();
  return (
    <>
      <PageHead title="Profile" lead="How colleagues and customers see you." />
      <Card title={me.user.name} about={me.user.email} />
    </>
  );
}
