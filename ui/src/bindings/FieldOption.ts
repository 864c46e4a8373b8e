// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * One of several that a field may hold.
 */
export type FieldOption = { value: string, label: string, };
