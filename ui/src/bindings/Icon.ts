// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A tray icon as a shape: a tag, solid while logged in, with a badge. The more urgent is the greater.
 */
export type Icon = "hollow" | "solid" | "hollow-slash" | "slash" | "dots" | "clock" | "ask" | "bang" | "cross" | "lock";
