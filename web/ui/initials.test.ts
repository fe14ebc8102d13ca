import { expect, it } from 'vitest';
import { colourIndex, initialsOf } from './initials.ts';

it('takes the first and the last name', () => {
  expect(initialsOf('Nadia Rahal')).toBe('NR');
  expect(initialsOf('Harriet Blythe of Wallop')).toBe('HW');
  expect(initialsOf('amélie')).toBe('A');
  expect(initialsOf('Юлія Коваль')).toBe('ЮК');
});

it('skips what is no letter', () => {
  expect(initialsOf('🌻 Olena (new)')).toBe('ON');
  expect(initialsOf('+49 30 901820')).toBe('');
  expect(initialsOf('')).toBe('');
});

it('gives the same person the same colour, and different people different ones', () => {
  expect(colourIndex('4711')).toBe(colourIndex('4711'));
  const colours = new Set(Array.from({ length: 200 }, (_, id) => colourIndex(String(id))));
  expect([...colours].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
