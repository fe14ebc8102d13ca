import { describe, expect, test } from 'vitest';
import { endpointFindings, readingFindings, trafficFinding } from './rules-check.ts';

const ours = ['https://board.example.test/webhooks/whatsapp'];
const sound = {
  subscription: { override: null },
  scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
  numbers: [],
};
const worst = (findings: { severity: string }[]) =>
  findings.filter(({ severity }) => severity === 'critical' || severity === 'warning');

describe('what Meta answers', () => {
  test('is nothing to do on a sound account', () => {
    expect(worst(readingFindings(sound, ours))).toEqual([]);
  });

  test('is a missing permission, by its name', () => {
    const found = worst(readingFindings({ ...sound, scopes: ['whatsapp_business_management'] }, ours));
    expect(found).toMatchObject([
      {
        check: 'scopes',
        severity: 'critical',
        detail: 'Missing: whatsapp_business_messaging.',
        fix: 'connect',
      },
    ]);
  });

  test('is an override of one number that leads elsewhere, and none that leads here', () => {
    const at = (override: string) => ({ ...sound, numbers: [{ id: '7', name: '+1 555', override }] });
    expect(worst(readingFindings(at(ours[0] ?? ''), ours))).toEqual([]);
    expect(worst(readingFindings(at('https://other.example.test'), ours))).toMatchObject([
      { check: 'override', severity: 'critical', phone_number_id: '7', fix: 'override' },
    ]);
  });

  test('or its silence is a warning with what to do', () => {
    const found = readingFindings({ failed: 'Meta did not answer in time.' }, ours);
    expect(found).toMatchObject([{ severity: 'warning', detail: 'Meta did not answer in time.' }]);
    expect(found[0]?.what_to_do).not.toBeNull();
  });
});

describe('our own address', () => {
  const sound = { url: ours[0] ?? '', isLocal: false, address: 'ok', secret: 'ok' } as const;

  test('is good over https when it answers and takes what is signed', () => {
    expect(worst(endpointFindings(sound))).toEqual([]);
  });

  test('must use https unless it is this machine', () => {
    const url = 'http://board.example.test/webhooks/whatsapp';
    expect(worst(endpointFindings({ ...sound, url }))).toMatchObject([
      { check: 'https', severity: 'critical' },
    ]);
    expect(worst(endpointFindings({ ...sound, url, isLocal: true }))).toEqual([]);
  });

  test('says nothing of the secret when nothing was delivered', () => {
    const found = endpointFindings({ ...sound, address: 'unreachable', secret: 'unknown' });
    expect(found.map(({ check, severity }) => [check, severity])).toEqual([
      ['https', 'good'],
      ['address', 'critical'],
    ]);
  });
});

test('a number that was quiet for a week is worth a note', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const about = { id: '7', name: '+1 555' };
  expect(trafficFinding(about, new Date('2026-11-20T12:00:00Z'), now).severity).toBe('good');
  expect(trafficFinding(about, new Date('2026-11-13T12:00:00Z'), now)).toMatchObject({
    severity: 'info',
    title: '+1 555: quiet for 8 days',
  });
  expect(trafficFinding(about, null, now).title).toBe('+1 555: no message yet');
});
