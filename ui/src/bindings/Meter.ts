// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * How much of the session is left.
 */
export type Meter = {
/**
 * In thousandths.
 */
left: number, label: string, };
