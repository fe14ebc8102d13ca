/** The organization's settings. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type { OrganizationPatch, OrganizationSettings } from '../../../src/modules/organizations/contract.ts';
import type { AutomaticMessages } from '../../../src/modules/organizations/contract-automatic.ts';
import { ifMatch, request, requestTagged, type Tagged } from '../../lib/api.ts';
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
  queryFn: ({ signal }) => requestTagged<AutomaticMessages>('GET', '/api/v1/automatic-messages', { signal }),
});

/** `tag` is the version that was changed. Throws when somebody has saved another since. */
export async function changeAutomaticMessages(
  client: QueryClient,
  { value: body, tag }: Tagged<AutomaticMessages>,
): Promise<Tagged<AutomaticMessages>> {
  const headers = ifMatch(tag);
  const answer = await requestTagged<AutomaticMessages>('PUT', '/api/v1/automatic-messages', {
    body,
    headers,
  });
  client.setQueryData(automaticMessagesQuery.queryKey, answer);
  return answer;
}
