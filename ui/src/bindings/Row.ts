// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Icon } from "./Icon";
import type { MenuItem } from "./MenuItem";
import type { Tile } from "./Tile";
import type { Tone } from "./Tone";

export type Row = { team: string, tile: Tile, name: string,
/**
 * Who and by what, such as `admin · Cognito`.
 */
sub: string, icon: Icon, tone: Tone,
/**
 * Such as `6 h 12 min left`.
 */
state: string, pinned: boolean, primary: Button,
/**
 * All that can be done; its keys work while the row has the focus (experience B7).
 */
menu: Array<MenuItem>, };
