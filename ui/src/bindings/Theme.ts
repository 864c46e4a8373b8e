// Written by crates/core/src/window/bindings.rs.
/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";
