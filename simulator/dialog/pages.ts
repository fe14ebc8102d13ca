/** The HTML of the dialogs: plain text through one escaping function, no inline script. */

type Account = { id: string; name: string; numbers: string };

const KEPT = ['client_id', 'redirect_uri', 'state', 'config_id', 'response_type'];
const KEPT_BY_SIGNUP = ['client_id', 'config_id', 'origin'];

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
<meta name="color-scheme" content="light dark">
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

/** The accounts to share: those there are, and one that is made on the spot. */
function choicesOf(accounts: Account[]): string {
  const known = accounts
    .map(
      (account, index) => `<label class="choice">
<input type="checkbox" name="waba_id" value="${escapeHtml(account.id)}"${index === 0 ? ' checked' : ''}>
<span><strong>${escapeHtml(account.name)}</strong><small>${escapeHtml(account.numbers || 'no number yet')}</small></span>
</label>`,
    )
    .join('');
  return `<fieldset><legend>Accounts</legend>${known}
<label class="choice"><input type="checkbox" name="waba_id" value="new"${accounts.length === 0 ? ' checked' : ''}>
<span><strong>A new business</strong><small>made when you allow</small></span></label>
<div class="new"><label>Name <input name="name" maxlength="60" placeholder="Harbour Bikes"></label>
<label>Number <input name="phone" inputmode="tel" maxlength="20" placeholder="made for you when empty"></label></div>
</fieldset>`;
}

const WHERE = '<p class="where">Simulator · nothing here reaches Meta</p>';
const ACTIONS = `<div class="actions"><button name="decision" value="deny" class="quiet" formnovalidate>Cancel</button>
<button name="decision" value="allow">Allow</button></div>`;

function hiddenFields(query: Record<string, string>, names: readonly string[]): string {
  return names
    .filter((name) => query[name] !== undefined)
    .map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(query[name] ?? '')}">`)
    .join('');
}

export function consentPage(
  base: string,
  { query, accounts }: { query: Record<string, string>; accounts: Account[] },
): string {
  return page(
    base,
    'Share a WhatsApp account',
    `${WHERE}
<h1>Share a WhatsApp account</h1>
<p>An app asks to send and receive messages for your business accounts, and to manage them.</p>
<form method="post" action="${escapeHtml(base)}/dialog/oauth">${hiddenFields(query, KEPT)}
${choicesOf(accounts)}
${ACTIONS}
</form>`,
  );
}

/** Embedded Signup: one account, with its number, without one, or with a number of the WhatsApp Business app. */
export function signupPage(
  base: string,
  { query, accounts }: { query: Record<string, string>; accounts: Account[] },
): string {
  return page(
    base,
    'Embedded Signup',
    `${WHERE}
<h1>Connect your business</h1>
<p>An app asks to send and receive messages for one of your business accounts, and to manage it.</p>
<form method="post" action="${escapeHtml(base)}/dialog/signup">${hiddenFields(query, KEPT_BY_SIGNUP)}
${choicesOf(accounts).replaceAll('type="checkbox"', 'type="radio"')}
<fieldset><legend>Number</legend>
<label class="choice"><input type="radio" name="with" value="number" checked>
<span><strong>Use its number</strong><small>registered by the app</small></span></label>
<label class="choice"><input type="radio" name="with" value="app">
<span><strong>The number stays in the WhatsApp Business app</strong><small>both work side by side</small></span></label>
<label class="choice"><input type="radio" name="with" value="nothing">
<span><strong>The account alone</strong><small>a number comes later</small></span></label>
</fieldset>
${ACTIONS}
</form>`,
  );
}

/** The last page of Embedded Signup: its script tells the window that opened it. */
export function signupEndPage(
  base: string,
  { origin, message, code }: { origin: string; message: string; code: string | null },
): string {
  const data = [
    ['origin', origin],
    ['message', message],
    ['code', code ?? ''],
  ]
    .map(([name = '', value = '']) => `data-${name}="${escapeHtml(value)}"`)
    .join(' ');
  return page(
    base,
    'Done',
    `${WHERE}<h1>Done</h1><p>You can close this window.</p>
<script src="${escapeHtml(base)}/dialog/popup.js"></script>`,
  ).replace('<body>', `<body ${data}>`);
}
