// Written by crates/core/src/face/window/tests/bindings.rs.
import type { BlankKind } from "./BlankKind";

export type AskedField = { key: string, kind: BlankKind, label: string, hint: string, value: string, required: boolean, error: string,
/**
 * The value of the attribute of that name, for password managers (HTML, autofill field names).
 */
autocomplete: string,
/**
 * How the second field of a new secret is called; empty where it is typed once.
 */
again: string, };
