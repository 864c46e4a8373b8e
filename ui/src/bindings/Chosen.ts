// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A finding to import and the name it shall have.
 */
export type Chosen = { key: number, name: string, };
