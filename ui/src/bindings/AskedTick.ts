// Written by crates/core/src/face/window/tests/bindings.rs.
export type AskedTick = { key: string, on: boolean, label: string, hint: string, };
