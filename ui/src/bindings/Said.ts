// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Tone } from "./Tone";

/**
 * What was just done, shown for a while.
 */
export type Said = {
/**
 * Another number is another saying, even with the same words.
 */
serial: number, text: string, tone: Tone,
/**
 * Such as *Undo*.
 */
button: Button | null, };
