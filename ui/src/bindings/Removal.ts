// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";

/**
 * Asks before a team goes.
 */
export type Removal = { name: string, goes: Array<string>, stays: Array<string>, remove: Button, keep: Button, };
