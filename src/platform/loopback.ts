/** Names and addresses that never leave this machine. */

/** Whether a URL's or socket's host is this machine's loopback; IPv6 with or without brackets. Pure. */
export function isLoopbackHost(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^\[?::1\]?$/.test(host) ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}
