// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * Why a form was not taken.
 */
export type Trouble = {
/**
 * Another number is another refusal: the page moves the focus to it.
 */
serial: number, text: string, hint: string,
/**
 * The field it belongs to: `name`, or a setting's key.
 */
field: string | null, };
