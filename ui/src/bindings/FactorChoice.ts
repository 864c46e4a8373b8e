// Written by crates/core/src/window/tests/bindings.rs.
import type { CodeKind } from "./CodeKind";

export type FactorChoice = { kind: CodeKind, label: string, hint: string, };
