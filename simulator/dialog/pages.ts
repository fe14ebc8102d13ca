/** The HTML of the consent dialog: plain text through one escaping function, no scripts of its own. */

type Account = { id: string; name: string; numbers: string };

const KEPT = ['client_id', 'redirect_uri', 'state', 'config_id', 'response_type'];

/** Text made safe for HTML, also inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function page(base: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(base)}/dialog/dialog.css">
<link rel="icon" href="${escapeHtml(base)}/phone/icon.svg">
</head>
<body><main>${body}</main></body>
</html>`;
}

export function mistakePage(base: string, text: string): string {
  return page(
    base,
    'This link cannot be used',
    `<h1>This link cannot be used</h1><p>${escapeHtml(text)}</p>`,
  );
}

export function consentPage(
  base: string,
  { query, accounts }: { query: Record<string, string>; accounts: Account[] },
): string {
  const hidden = KEPT.filter((name) => query[name] !== undefined)
    .map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(query[name] ?? '')}">`)
    .join('');
  const choices = accounts
    .map(
      (account, index) => `<label class="choice">
<input type="radio" name="waba_id" value="${escapeHtml(account.id)}"${index === 0 ? ' checked' : ''}>
<span><strong>${escapeHtml(account.name)}</strong><small>${escapeHtml(account.numbers || 'no number yet')}</small></span>
</label>`,
    )
    .join('');
  const action = `${base}/dialog/oauth`;
  return page(
    base,
    'Share a WhatsApp account',
    `<p class="where">Simulator · nothing here reaches Meta</p>
<h1>Share a WhatsApp account</h1>
<p>An app asks to send and receive messages for one of your business accounts, and to manage it.</p>
<form method="post" action="${escapeHtml(action)}">${hidden}
<fieldset><legend>Account</legend>${choices}
<label class="choice"><input type="radio" name="waba_id" value="new"${accounts.length === 0 ? ' checked' : ''}>
<span><strong>A new business</strong><small>made when you allow</small></span></label>
<div class="new"><label>Name <input name="name" maxlength="60" placeholder="Harbour Bikes"></label>
<label>Number <input name="phone" inputmode="tel" maxlength="20" placeholder="made for you when empty"></label></div>
</fieldset>
<div class="actions"><button name="decision" value="deny" class="quiet">Cancel</button>
<button name="decision" value="allow">Allow</button></div>
</form>`,
  );
}
