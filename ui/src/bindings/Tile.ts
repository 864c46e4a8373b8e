// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A team's mark: two letters on one of twelve hues.
 */
export type Tile = { letters: string,
/**
 * 0 to 11.
 */
hue: number, };
