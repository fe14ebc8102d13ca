/** The organization's settings. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type { OrganizationPatch, OrganizationSettings } from '../../../src/modules/organizations/contract.ts';
import type { AutomaticMessages } from '../../../src/modules/organizations/contract-automatic.ts';
import { request } from '../../lib/api.ts';
import { meQuery } from '../sign-in/queries.ts';

export type { OrganizationSettings };

export const organizationQuery = queryOptions({
  queryKey: ['organization'] as const,
  queryFn: ({ signal }) => request<OrganizationSettings>('GET', '/api/v1/organization', { signal }),
});

export async function changeOrganization(client: QueryClient, body: OrganizationPatch): Promise<void> {
  const answer = await request<OrganizationSettings>('PATCH', '/api/v1/organization', { body });
  client.setQueryData(organizationQuery.queryKey, answer);
  client.setQueryData(
    meQuery.queryKey,
    (me) => me && { ...me, organization: { ...me.organization, name: answer.name } },
  );
}

export const automaticMessagesQuery = queryOptions({
  queryKey: ['automatic-messages'] as const,
  queryFn: ({ signal }) => request<AutomaticMessages>('GET', '/api/v1/automatic-messages', { signal }),
});

export async function changeAutomaticMessages(client: QueryClient, body: AutomaticMessages): Promise<void> {
  const answer = await request<AutomaticMessages>('PUT', '/api/v1/automatic-messages', { body });
  client.setQueryData(automaticMessagesQuery.queryKey, answer);
}
