// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Click } from "./Click";

/**
 * Something that is on or off; its `click` turns it over.
 */
export type Toggle = { label: string, hint: string, on: boolean, click: Click, };
