// What the page does besides showing a view: hands clicks back, says things to screen readers, moves the focus.

import { bridge } from '#bridge';
import type { Click } from './bindings/Click';
import type { Typed } from './bindings/Typed';

export function act(click: Click): void {
  void bridge.act(click);
}

export function answer(typed: Typed): void {
  void bridge.answer(typed);
}

/** True for clicks that put something on the clipboard. */
export function isCopy(click: Click): boolean {
  return click.click === 'act' && click.action.action.startsWith('copy-');
}

/** Says a text to screen readers, once, without taking the focus. */
export function announce(text: string): void {
  const region = document.getElementById('announcer');
  if (!region) return;
  region.textContent = '';
  requestAnimationFrame(() => (region.textContent = text));
}
