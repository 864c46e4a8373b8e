// Written by crates/core/src/face/window/tests/bindings.rs.
import type { FieldForm } from "./FieldForm";

/**
 * The part of the form that belongs to a way of signing in.
 */
export type ProviderForm = { id: string, name: string, hint: string, fields: Array<FieldForm>, };
