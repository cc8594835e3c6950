import { expect, test } from 'vitest';
import { lines, relative, snippets } from './text';

test('A time is told in the largest unit that fits', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  expect(relative('2026-01-01T23:57:00Z', now)).toBe('3 minutes ago');
  expect(relative('2026-01-01T22:30:00Z', now)).toBe('1 hour ago');
  expect(relative('2026-01-05T00:00:00Z', now)).toBe('in 3 days');
});

test('Empty lines are no entries', () => {
  expect(lines(' https://a.example \r\n\n*.b.example\n')).toEqual(['https://a.example', '*.b.example']);
});

test('Snippets carry the key and the address of the server', () => {
  for (const { code } of snippets('https://api.example', 'pk_x')) {
    expect(code).toContain('https://api.example');
    expect(code).toContain('pk_x');
  }
});
