// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A program whose files were found.
 */
export type Source = { name: string,
/**
 * Such as `2 teams: acme-prod, lab`.
 */
summary: string, new: number, };
