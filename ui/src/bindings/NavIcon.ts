// Written by crates/core/src/window/bindings.rs.
export type NavIcon = "teams" | "add" | "import" | "settings";
