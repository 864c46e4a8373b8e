// Written by crates/core/src/face/window/tests/bindings.rs.
import type { ButtonTone } from "./ButtonTone";
import type { Click } from "./Click";

/**
 * Something to press. The page hands its `click` back as it is.
 */
export type Button = { label: string,
/**
 * A longer name for screen readers where the label alone says too little, such as `Log in to lab`.
 */
a11y?: string, click: Click, tone: ButtonTone, };
