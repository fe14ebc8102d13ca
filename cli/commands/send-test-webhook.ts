/** `switchboard send-test-webhook`: a signed delivery as Meta sends it, to see a message arrive or find out why none does. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';

type SendOptions = { number: string; from: string; name: string; text: string; url?: string };

function textDelivery(options: SendOptions): string {
  const message = {
    from: options.from,
    id: `wamid.TEST${randomBytes(12).toString('hex').toUpperCase()}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: options.text },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: options.number, phone_number_id: options.number },
    contacts: [{ profile: { name: options.name }, wa_id: options.from }],
    messages: [message],
  };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '0', changes: [{ field: 'messages', value }] }],
  });
}

/** Adds the command. */
export function addSendTestWebhookCommand(program: Command): void {
  program
    .command('send-test-webhook')
    .description('Send a signed text message to the webhook, as Meta would.')
    .requiredOption('--number <id>', "Meta's phone_number_id of the receiving number")
    .option('--from <digits>', 'who writes', '15550100999')
    .option('--name <name>', 'what they call themselves', 'Test customer')
    .option('--text <text>', 'what they write', 'Hello from send-test-webhook')
    .option('--url <address>', 'where to send it; left out, the webhook of this install')
    .action(async (options: SendOptions) => {
      const { loadEnvironment, readConfig } = await import('../../src/config.ts');
      const { resolveSecrets } = await import('../../src/resolve-secrets.ts');
      const { sign } = await import('../../src/graph-api/signature.ts');
      const { config, secrets } = readConfig(loadEnvironment());
      const { appSecret } = await resolveSecrets(config, secrets);
      if (appSecret === null) throw new Error('There is no app secret to sign with: set FB_APP_SECRET.');
      const body = textDelivery(options);
      const url = options.url ?? `${config.publicUrl}/webhooks/whatsapp`;
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, appSecret) };
      const answer = await fetch(url, { method: 'POST', headers, body });
      console.log(`${url} answered ${String(answer.status)}.`);
      if (!answer.ok) throw new Error(await answer.text());
    });
}
