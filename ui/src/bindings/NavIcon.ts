// Written by crates/core/src/window/tests/bindings.rs.
export type NavIcon = "teams" | "add" | "import" | "settings";
