// Written by crates/core/src/face/window/tests/bindings.rs.
export type AskedChoice = { key: string, label: string, detail: string,
/**
 * Where it stands out, such as *Last time*; may be empty.
 */
note: string, };
