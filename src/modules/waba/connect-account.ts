/**
 * Connecting a WhatsApp Business Account with a token. What the browser says is a claim: the token must be able to read the
 * account and its numbers before anything is stored, and a number has one owner in the whole install.
 */
import type { App } from '../../app.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { tokenPlace } from './account-token.ts';
import { getStatus } from './account-status.ts';
import type { ConnectBody, WabaAccount } from './contract.ts';
import { claimNumber, configureFirstUser, upsertGrant } from './queries.ts';

type FoundAccount = {
  wabaId: string;
  name: string | null;
  ownerBusinessId: string | null;
  numbers: Awaited<ReturnType<App['graph']['listPhoneNumbers']>>;
};

/** What Meta's refusal means to the person who connects. */
function refused(error: unknown): unknown {
  if (!(error instanceof GraphError)) return error;
  return new AppError('waba.not_readable', 422, `${error.meaning} ${error.whatToDo}`, {
    graph_code: error.code,
    fbtrace_id: error.fbtraceId,
  });
}

async function readAccount(app: App, body: ConnectBody): Promise<FoundAccount> {
  const { access_token: token, waba_id: wabaId } = body;
  try {
    const waba = await app.graph.getWaba(token, wabaId);
    const numbers = await app.graph.listPhoneNumbers(token, wabaId);
    await app.graph.subscribeApp(token, wabaId);
    return { wabaId, name: waba.name, ownerBusinessId: waba.ownerBusiness?.id ?? null, numbers };
  } catch (error) {
    throw refused(error);
  }
}

async function storeAccount(
  app: App,
  tx: Tx,
  actor: Pick<Actor, 'userId' | 'organizationId'>,
  found: FoundAccount & { token: string },
): Promise<void> {
  const { userId, organizationId } = actor;
  const { wabaId } = found;
  for (const number of found.numbers) {
    const claimed = await claimNumber(tx, {
      phoneNumberId: number.id,
      wabaId,
      portfolioId: found.ownerBusinessId ?? wabaId,
      displayPhoneNumber: number.displayPhoneNumber ?? number.id,
      verifiedName: number.verifiedName,
      qualityRating: number.qualityRating,
      status: number.status ?? 'UNKNOWN',
    });
    if (!claimed)
      throw new AppError(
        'waba.number_taken',
        409,
        `The number ${number.displayPhoneNumber ?? number.id} is connected by another organization of this install. ` +
          'Ask that organization to disconnect it first, or ask your administrator who it is.',
      );
  }
  const sealedToken = app.secretBox.seal(found.token, tokenPlace({ userId, wabaId }));
  await upsertGrant(tx, {
    organizationId,
    userId,
    wabaId,
    name: found.name,
    ownerBusinessId: found.ownerBusinessId,
    sealedToken,
  });
  const [first] = found.numbers;
  if (first)
    await configureFirstUser(tx, {
      organizationId,
      userId,
      phoneNumberId: first.id,
      wabaId,
      number: (first.displayPhoneNumber ?? first.id).slice(0, 20),
      webhookUrl: `${app.config.publicUrl}/webhooks/whatsapp`,
    });
}

/** Stores the grant and the numbers. Throws `waba.not_readable` or `waba.number_taken`; nothing is stored then. */
export async function connectAccount(
  app: App,
  actor: Pick<Actor, 'userId' | 'organizationId'>,
  body: ConnectBody,
): Promise<WabaAccount> {
  const found = await readAccount(app, body);
  await asUser(app, actor, (tx) => storeAccount(app, tx, actor, { ...found, token: body.access_token }));
  const account = (await getStatus(app, actor)).accounts.find((one) => one.waba_id === body.waba_id);
  if (!account) throw notFound('account');
  return account;
}
