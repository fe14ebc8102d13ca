/** Who works here, who was asked to, and what an owner can do about both. */
import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DataList, DataListSkeleton } from '../../ui/data-list.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useMe } from '../shell/use-me.ts';
import { InvitationsCard } from './invitations-card.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { PersonRow } from './person-row.tsx';
import { peopleQuery } from './queries.ts';

export function PeoplePage() {
  const me = useMe();
  const mayInvite = me.permissions.includes('people:invite');
  const [inviting, setInviting] = useState(false);
  const { data: people, error, refetch } = useQuery(peopleQuery);
  return (
    <>
      <PageHead
        title="People"
        lead={`Who answers messages for ${me.organization.name}. Each has customers of their own; owners see everybody’s.`}
        actions={
          mayInvite && (
            <Button
              variant="primary"
              icon={<UserPlus size={16} aria-hidden />}
              onClick={() => setInviting(true)}
            >
              Invite
            </Button>
          )
        }
      />
      {mayInvite && <InvitationsCard />}
      <Card title={people ? countOf(people.length) : 'People'} flush>
        {error && !people ? (
          <LoadError error={error} onRetry={() => void refetch()} />
        ) : !people ? (
          <DataListSkeleton />
        ) : (
          <DataList label="People">
            {people.map((person) => (
              <PersonRow key={person.id} person={person} people={people} />
            ))}
          </DataList>
        )}
      </Card>
      <InviteDialog open={inviting} onOpenChange={setInviting} />
    </>
  );
}

const countOf = (count: number) => (count === 1 ? 'One person' : `${count} people`);
