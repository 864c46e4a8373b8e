// Rules of the page that no compiler knows: it has no words of its own, no inline style, one door, no way to the net.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';
import words from '../../src/bindings/words.json';

const src = new URL('../../src', import.meta.url).pathname;
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(svelte|ts)$/.test(file) && !file.startsWith('bindings'));
const sources = files.map((file) => [file, readFileSync(join(src, file), 'utf8')] as const);

test('every word that core gives is used, and no other', () => {
  const used = new Set(sources.flatMap(([, text]) => [...text.matchAll(/\bwords\.(?!rs\b|json\b)(\w+)/g)].map((found) => found[1])));
  expect([...used].sort()).toEqual(Object.keys(words).sort());
});

test('templates hold no text of their own: words come from core', () => {
  const found: string[] = [];
  const look = (node: unknown, file: string, attribute = '') => {
    if (Array.isArray(node)) return node.forEach((one) => look(one, file, attribute));
    if (typeof node !== 'object' || node === null) return;
    const { type, name, data } = node as { type?: string; name?: string; data?: string };
    if (type === 'Attribute') attribute = name ?? '';
    const spoken = attribute === '' || /^(aria-label|title|placeholder|alt)$/.test(attribute);
    if (type === 'Text' && spoken && /\p{L}/u.test(data ?? '')) found.push(`${file}: ${data}`);
    for (const [key, value] of Object.entries(node)) if (key !== 'css' && key !== 'instance') look(value, file, attribute);
  };
  for (const [file, text] of sources) if (file.endsWith('.svelte')) look(parse(text, { modern: true }).fragment, file);
  expect(found).toEqual([]);
});

test('nothing needs an inline style or markup made of text, which the content security policy forbids', () => {
  for (const [file, text] of sources) {
    const script = text.replace(/<style>[^]*<\/style>/, '');
    expect(script, file).not.toMatch(/\sstyle[=:]|\{@html|innerHTML|\s(transition|in|out|animate):\w|\beval\(/);
  }
});

test('only bridge.ts knows Tauri, and nothing knows the net or storage', () => {
  for (const [file, text] of sources) {
    if (file !== 'bridge.ts') expect(text, file).not.toMatch(/@tauri-apps|__TAURI/);
    expect(text, file).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|localStorage|sessionStorage|indexedDB|https?:\/\/(?!www\.w3\.org)/);
  }
});

test('the page makes no click itself', () => {
  for (const [file, text] of sources) {
    if (file !== 'bridge.fake.ts') expect(text, file).not.toMatch(/\bact\(\{/);
  }
});

test('each file is small and says what it is for', () => {
  for (const [file, text] of sources) {
    expect(text.split('\n').length, file).toBeLessThan(350);
    expect(text, file).toMatch(file.endsWith('.svelte') ? /^<!-- .+\. -->|^<!-- .+[.,;:]/ : /^\/\/ .+/);
  }
});
