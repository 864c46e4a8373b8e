// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * What a colour stands for; the text always says the same.
 */
export type Tone = "idle" | "ok" | "warn" | "danger";
