// Written by crates/core/src/window/bindings.rs.
export type ButtonTone = "primary" | "quiet" | "danger";
