// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { LoginStep } from "./LoginStep";

export type LoginScreen = { team: string, name: string,
/**
 * The attempt; 0 when there is none any more.
 */
login: number, step: LoginStep, cancel: Button, };
