// The page's only door: four commands, and one event that says there is another view to fetch.

import { invoke } from '@tauri-apps/api/core';
import type { Qr } from './bindings/Qr';
import type { Click } from './bindings/Click';
import type { Typed } from './bindings/Typed';
import type { View } from './bindings/View';

/** A secret as text and as a picture. */
export interface Shown {
  text: string;
  qr: Qr | null;
}

export interface Bridge {
  /** What is shown now; `null` before the first view has come. */
  view(): Promise<View | null>;
  /** Hands back a click of the view. */
  act(click: Click): Promise<void>;
  /** The secret that is shown beside the question of this login; it is in no view. */
  revealed(login: number): Promise<Shown | null>;
  /** Hands over what a person typed. */
  answer(typed: Typed): Promise<void>;
  /** Calls back with every new view, until the function it gives is called. */
  onView(changed: (view: View | null) => void): () => void;
  /** The time that countdowns are reckoned from, in milliseconds since 1970. */
  now(): number;
}

export const bridge: Bridge = {
  view: () => invoke<View | null>('view'),
  act: (click) => invoke('act', { click }),
  revealed: (login) => invoke<Shown | null>('revealed', { login }),
  answer: (typed) => invoke('answer', { typed }),
  onView(changed) {
    const fetchView = () => void bridge.view().then(changed);
    addEventListener('view-changed', fetchView);
    return () => removeEventListener('view-changed', fetchView);
  },
  now: () => Date.now(),
};
