// Written by crates/core/src/window/tests/bindings.rs.
export type ButtonTone = "primary" | "quiet" | "danger";
