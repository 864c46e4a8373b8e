// Written by crates/core/src/face/window/tests/bindings.rs.
export type NavIcon = "teams" | "add" | "import" | "settings";
