// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Icon } from "./Icon";
import type { Tone } from "./Tone";

/**
 * How the keychain stands, and what to do when it does not work.
 */
export type KeychainScreen = { icon: Icon, tone: Tone, title: string, detail: string, hint: string, code: string, buttons: Array<Button>,
/**
 * What the keychain is for, in a few sentences.
 */
why: Array<string>, };
