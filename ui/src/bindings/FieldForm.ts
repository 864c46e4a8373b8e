// Written by crates/core/src/face/window/tests/bindings.rs.
import type { FieldOption } from "./FieldOption";

export type FieldForm = { key: string, label: string, required: boolean, example: string,
/**
 * Shown as dots. One that is kept is not in the window: an empty field leaves it as it is.
 */
secret: boolean, value: string,
/**
 * Where there are some, one of them is chosen and nothing typed.
 */
options: Array<FieldOption>, };
