// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A way on that is no answer.
 */
export type Other = "new-code" | "send-again" | "another-device";
