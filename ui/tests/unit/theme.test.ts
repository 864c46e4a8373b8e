// Contrasts of the colours, recomputed from theme.css (experience E1).

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/theme.css', import.meta.url), 'utf8');
const tile = readFileSync(new URL('../../src/parts/Tile.svelte', import.meta.url), 'utf8');
const schemes = ['light', 'dark'] as const;

function token(name: string, scheme: (typeof schemes)[number]): string {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  if (!found) throw new Error(`no colour called ${name}`);
  return found[scheme === 'light' ? 1 : 2]!;
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const channel = (at: number) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const text: [string, string[], number][] = [
  ['text', ['back', 'surface', 'accent-soft', 'warn-soft', 'danger-soft', 'idle-soft', 'hover'], 7],
  ['muted', ['back', 'surface', 'hover', 'accent-soft'], 5.3],
  ['accent', ['back', 'surface', 'accent-soft'], 4.5],
  ['on-accent', ['accent'], 5.3],
  ['ok', ['back', 'surface', 'ok-soft', 'accent-soft'], 4.5],
  ['warn', ['back', 'surface', 'warn-soft', 'accent-soft'], 4.5],
  ['danger', ['back', 'surface', 'danger-soft', 'accent-soft'], 4.5],
  ['idle', ['back', 'surface', 'idle-soft', 'accent-soft'], 4.5],
  ['control', ['back', 'surface'], 3],
];

for (const scheme of schemes) {
  for (const [front, backs, least] of text) {
    for (const back of backs) {
      test(`${front} on ${back} has at least ${least} in ${scheme}`, () => {
        expect(contrast(token(front, scheme), token(back, scheme))).toBeGreaterThanOrEqual(least);
      });
    }
  }
}

test('letters on each of the twelve hues have at least 4.5', () => {
  const hues = [...tile.matchAll(/\.hue-\d+ \{ background: (#[0-9a-f]{6})/g)].map((found) => found[1]!);
  expect(hues.length).toBe(12);
  for (const hue of hues) expect(contrast('#ffffff', hue)).toBeGreaterThanOrEqual(4.5);
});
