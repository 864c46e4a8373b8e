// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * What would be done with a row.
 */
export type ImportKind = "team" | "change" | "gone";
