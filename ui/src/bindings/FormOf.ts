// Written by crates/core/src/face/window/tests/bindings.rs.
export type FormOf = "team" | "profile";
