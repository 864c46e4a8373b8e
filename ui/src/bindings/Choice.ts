// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Click } from "./Click";

/**
 * One of several of which one holds.
 */
export type Choice = { label: string, click: Click, current: boolean, };
