// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";

/**
 * A problem with its way out.
 */
export type ProblemView = { title: string, detail: string, hint: string,
/**
 * Stable: what search engines and colleagues find.
 */
code: string, buttons: Array<Button>, };
