import { expect, test } from 'vitest';
import { countdown, fill } from '../../src/words';

test('places in braces are filled, and what a value holds is not filled again', () => {
  expect(fill('{a} and {b}', { a: '{b}', b: 2 })).toBe('{b} and 2');
  expect(fill('{unknown}', {})).toBe('{unknown}');
});

test('a countdown has two digits of seconds', () => {
  expect([0, 9, 60, 482].map(countdown)).toEqual(['0:00', '0:09', '1:00', '8:02']);
});
