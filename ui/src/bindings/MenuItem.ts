// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Click } from "./Click";

/**
 * A row of the menu behind `⋯`.
 */
export type MenuItem = { label: string,
/**
 * The letter that does the same while the list of teams has the focus.
 */
key?: string, click: Click, danger: boolean, };
