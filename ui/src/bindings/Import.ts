// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { ImportRow } from "./ImportRow";
import type { Trouble } from "./Trouble";

export type Import = { looking: boolean, importing: boolean,
/**
 * Goes back with what was chosen.
 */
found: number, rows: Array<ImportRow>,
/**
 * Places in files that could not be used.
 */
warnings: Array<string>, trouble: Trouble | null,
/**
 * Looks into the files anew.
 */
again: Button, };
