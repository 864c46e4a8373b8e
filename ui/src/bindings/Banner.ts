// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Icon } from "./Icon";
import type { Tone } from "./Tone";

export type Banner = {
/**
 * Names it, so that the page can tell a new one from one that was there.
 */
key: string, icon: Icon, tone: Tone, title: string, detail: string, buttons: Array<Button>, };
