// Written by crates/core/src/window/bindings.rs.
import type { Button } from "./Button";
import type { LoginStep } from "./LoginStep";
import type { Tile } from "./Tile";

export type LoginScreen = { team: string, tile: Tile, name: string,
/**
 * The attempt; 0 when there is none any more.
 */
login: number, step: LoginStep, cancel: Button, };
