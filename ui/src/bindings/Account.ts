// Written by crates/core/src/face/window/tests/bindings.rs.
import type { RoleRow } from "./RoleRow";

export type Account = {
/**
 * Twelve digits.
 */
account: string, name: string, roles: Array<RoleRow>, };
