// Written by crates/core/src/window/tests/bindings.rs.
/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";
