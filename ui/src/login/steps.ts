// What the steps of a login share.

import type { Button } from '../bindings/Button';
import type { LoginAnswer } from '../bindings/LoginAnswer';
import type { LoginStep } from '../bindings/LoginStep';
import { answer } from '../doing';

/** The step of that kind. */
export type Step<K extends LoginStep['step']> = Extract<LoginStep, { step: K }>;

/** Which attempt of which team an answer belongs to. */
export interface To {
  team: string;
  login: number;
}

export interface StepProps<K extends LoginStep['step']> {
  step: Step<K>;
  to: To;
  cancel: Button;
}

export function reply(to: To, said: LoginAnswer): void {
  answer({ typed: 'login', ...to, answer: said });
}
