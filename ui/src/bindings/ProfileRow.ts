// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Detail } from "./Detail";

export type ProfileRow = { profile: string, name: string,
/**
 * What the session is traded for, by the names that the provider has for it, and where its tools work.
 */
target: Array<Detail>,
/**
 * How its keys stand: the other clock.
 */
keys: string, copy: Button, remove: Button, };
