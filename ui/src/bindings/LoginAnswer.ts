// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * The wire form of [`Answer`].
 */
export type LoginAnswer = { "answer": "filled", values: Record<string, string>, ticks: Array<string>, } | { "answer": "chosen", choice: string, } | { "answer": "yes" } | { "answer": "no" };
