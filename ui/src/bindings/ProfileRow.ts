// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";

export type ProfileRow = { profile: string, name: string, account: string, role: string, region: string,
/**
 * How its keys stand: the other clock.
 */
keys: string, copy: Button, remove: Button, };
