// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * One of the two clocks: a session ends for the person, a token for us.
 */
export type ClockRow = { label: string, value: string, note: string, };
