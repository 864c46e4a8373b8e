// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A setting or an id, to look at and to copy.
 */
export type Detail = { label: string, value: string, };
