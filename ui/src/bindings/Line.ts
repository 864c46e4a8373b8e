// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Choice } from "./Choice";

/**
 * The line that makes a terminal work with the team.
 */
export type Line = { text: string,
/**
 * `None` when no line can be written safely; `text` then says why.
 */
copy: Button | null, shells: Array<Choice>, };
