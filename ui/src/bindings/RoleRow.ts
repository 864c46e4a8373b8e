// Written by crates/core/src/face/window/tests/bindings.rs.
export type RoleRow = { key: number, role: string,
/**
 * The profile that stands for it already.
 */
profile: string | null, };
