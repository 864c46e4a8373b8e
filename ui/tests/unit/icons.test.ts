// The tray's icons are those that the geometry gives, and the page draws the same ones.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error a script without types
import { icons, styles, svg, traySizes } from '../../../icons/draw.mjs';

const file = (name: string) => new URL(`../../../icons/${name}`, import.meta.url);

test('every drawing is what `node icons/draw.mjs` would make of shapes.json', () => {
  for (const style of styles as string[]) {
    for (const icon of icons as string[]) {
      expect(readFileSync(file(`tray/${style}/${icon}.svg`), 'utf8'), `${style} ${icon}`).toBe(svg(icon, style));
      for (const size of traySizes as number[]) expect(existsSync(file(`tray/${style}/${icon}-${size}.png`))).toBe(true);
    }
  }
});

test('there is a drawing for every state that core can name', () => {
  const type = readFileSync(new URL('../../src/bindings/Icon.ts', import.meta.url), 'utf8');
  const names = [...type.matchAll(/"([a-z-]+)"/g)].map((found) => found[1]);
  expect([...(icons as string[])].sort()).toEqual(names.sort());
});

test('the page shows the icon of the packages', () => {
  expect(readFileSync(new URL('../../public/keyfob.svg', import.meta.url), 'utf8')).toBe(readFileSync(file('keyfob.svg'), 'utf8'));
});
