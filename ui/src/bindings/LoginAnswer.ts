// Written by crates/core/src/window/tests/bindings.rs.
import type { CodeKind } from "./CodeKind";

/**
 * The wire form of [`Answer`].
 */
export type LoginAnswer = { "answer": "password", username: string, password: string, remember: boolean, } | { "answer": "code", code: string, } | { "answer": "new-password", password: string, } | { "answer": "factor", kind: CodeKind, } | { "answer": "yes" } | { "answer": "no" };
