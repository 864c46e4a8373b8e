// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Click } from "./Click";
import type { NavIcon } from "./NavIcon";

/**
 * A place that can be reached from everywhere.
 */
export type Nav = { icon: NavIcon, label: string, click: Click, current: boolean, };
