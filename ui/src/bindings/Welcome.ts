// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Source } from "./Source";

export type Welcome = {
/**
 * What other programs on this computer know.
 */
sources: Array<Source>, looking: boolean, add: Button, import: Button, demo: Button | null, };
