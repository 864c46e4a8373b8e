// Written by crates/core/src/window/bindings.rs.
import type { Button } from "./Button";
import type { Tile } from "./Tile";

/**
 * Asks before a team goes.
 */
export type Removal = { tile: Tile, name: string, goes: Array<string>, stays: Array<string>, remove: Button, keep: Button, };
