// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";
