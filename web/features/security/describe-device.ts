/** Reads a User-Agent header for people: "Firefox on Linux". A guess, as all such reading is. Pure. */

export type Device = { name: string; kind: 'computer' | 'phone' | 'program' };

const browsers: [RegExp, string][] = [
  [/Edg(?:A|iOS)?\//u, 'Edge'],
  [/OPR\//u, 'Opera'],
  [/(?:Firefox|FxiOS)\//u, 'Firefox'],
  [/(?:Chrome|CriOS)\//u, 'Chrome'],
  [/Safari\//u, 'Safari'],
];

const systems: [RegExp, string][] = [
  [/iPhone/u, 'iPhone'],
  [/iPad/u, 'iPad'],
  [/Android/u, 'Android'],
  [/Windows/u, 'Windows'],
  [/Mac OS X|Macintosh/u, 'macOS'],
  [/CrOS/u, 'ChromeOS'],
  [/Linux/u, 'Linux'],
];

export function describeDevice(userAgent: string | null): Device {
  if (!userAgent) return { name: 'Unknown device', kind: 'program' };
  const browser = browsers.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (!browser) return { name: userAgent.split(/[\s/]/u)[0] || 'Unknown device', kind: 'program' };
  const kind = system === 'iPhone' || system === 'Android' ? 'phone' : 'computer';
  return { name: system ? `${browser} on ${system}` : browser, kind };
}
