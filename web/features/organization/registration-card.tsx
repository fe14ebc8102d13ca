/** Whether strangers may register on this install: said to administrators, decided where the server is started. */
import { useQuery } from '@tanstack/react-query';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { setupQuery } from '../sign-in/queries.ts';

export function RegistrationCard() {
  const registration = useQuery(setupQuery).data?.registration;
  const isOpen = registration === 'open';
  return (
    <Card
      title="Registration on this install"
      aside={registration && <Badge tone={isOpen ? 'warn' : 'good'}>{isOpen ? 'Open' : 'Closed'}</Badge>}
      about={
        isOpen ? (
          <>
            Anybody who reaches this address can register a new organization. To close it, start the server
            with <code>REGISTRATION=closed</code>. Invitations go on working.
          </>
        ) : (
          <>
            Only whoever is invited can join. To let anybody register a new organization, start the server
            with <code>REGISTRATION=open</code>.
          </>
        )
      }
    />
  );
}
