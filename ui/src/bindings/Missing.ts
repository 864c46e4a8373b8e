// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * Accounts that are missing, and why.
 */
export type Missing = {
/**
 * Such as `acme-data (456789012345), acme-old (567890123456)`.
 */
names: string, why: string, hint: string, };
