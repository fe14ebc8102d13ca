/** Where to go after signing in: only a path of this app, never another address. Pure. */
export function safeReturnPath(wanted: string | undefined): string {
  if (!wanted || !wanted.startsWith('/') || /^\/[/\\]/u.test(wanted) || /[\p{Cc}\\]/u.test(wanted))
    return '/inbox';
  return /^\/(?:sign-in|register)(?:[/?#]|$)/u.test(wanted) ? '/inbox' : wanted;
}
