import { describe, expect, test } from 'vitest';
import { normalize, readConsentWord } from './consent-words.ts';

describe('a message that is one word of consent', () => {
  test.each([
    ['STOP', 'out'],
    [' Stop! ', 'out'],
    ['"stop."', 'out'],
    ['Stop promotions', 'out'],
    ['\u200fSTOP\u200e', 'out'],
    ['ＳＴＯＰ', 'out'],
    ['STOP ❗\ufe0f', 'out'],
    ['Stop✋\ufe0f', 'out'],
    ['STOP \u{1f6d1}\u{1f3fb}', 'out'],
    ['Stop \u263a\ufe0f \u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 'out'],
    ['S\u200bT\u2060O\u00adP\u3164', 'out'],
    ['Opt-out', 'out'],
    ['STOPP', 'out'],
    ['ARRÊT', 'out'],
    ['arret', 'out'],
    ['Désinscription', 'out'],
    ['BAJA', 'out'],
    ['Sair', 'out'],
    ['cancellami', 'out'],
    ['Afmelden.', 'out'],
    ['बंद करो', 'out'],
    ['band   karo', 'out'],
    ['إيقاف', 'out'],
    ['ايقاف', 'out'],
    ['إلغاء الاشتراك', 'out'],
    ['ABONELİKTEN ÇIK', 'out'],
    ['abonelikten cik', 'out'],
    ['Start', 'in'],
    ['UNSTOP', 'in'],
    ['Wieder anmelden', 'in'],
    ["m'abonner", 'in'],
    ['शुरू', 'in'],
    ['ابدأ', 'in'],
    ['BAŞLA', 'in'],
  ])('%s', (text, wish) => expect(readConsentWord(text)?.wish).toBe(wish));
});

test.each([
  'Please stop the noise upstairs',
  'stop it tomorrow at nine',
  'start of the lease?',
  'no',
  'Yes',
  'Cancel',
  'रुको',
  '',
  '!!!',
  '👍',
  `stop ${'p'.repeat(100)}`,
])('“%s” is none', (text) => expect(readConsentWord(text)).toBeNull());

test('says in which language it was written, where only one has the word', () => {
  expect(readConsentWord('Abbestellen')).toEqual({ wish: 'out', language: 'de' });
  expect(readConsentWord('stop')).toEqual({ wish: 'out', language: null });
});

test('an organization’s own words count as it wrote them, and before the usual ones', () => {
  const own = { stop: ['Ende Gelände'], start: ['Weiter!'] };
  expect(readConsentWord('ende gelande', own)?.wish).toBe('out');
  expect(readConsentWord('WEITER', own)?.wish).toBe('in');
  expect(readConsentWord('start', { stop: ['start'], start: [] })?.wish).toBe('out');
});

test('nothing is left of case, accents, punctuation and marks of direction', () => {
  expect(normalize('  «Ça—va?»\u202e ')).toBe('ca va');
});
