// The words around a view. They are written by core (crates/core/src/face/window/words.rs); none is made here.

import table from './bindings/words.json';

export const words: Readonly<Record<keyof typeof table, string>> = table;

/** Fills the places in braces. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Minutes and seconds, such as `8:02`. */
export function countdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
