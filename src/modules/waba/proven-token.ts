/** A grant's token as Meta's API takes it: with the proof of its app, where that app is the one we know. Pure. */
import type { GraphToken } from '../../graph-api/client.ts';
import type { MetaApp } from './meta-app.ts';

/** A proof by another app's secret would be refused, so a token of another app goes without. */
export function provenToken(
  meta: Pick<MetaApp, 'appId' | 'appSecret'> | null,
  grant: { token: string; appId: string | null },
): GraphToken {
  return meta !== null && meta.appId === grant.appId
    ? { accessToken: grant.token, appSecret: meta.appSecret }
    : grant.token;
}
