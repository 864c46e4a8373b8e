// Written by crates/core/src/window/bindings.rs.
import type { Account } from "./Account";
import type { ProblemView } from "./ProblemView";
import type { Tile } from "./Tile";

export type Roles = { team: string, tile: Tile, name: string, looking: boolean, adding: boolean,
/**
 * Goes back with what was chosen.
 */
found: number, accounts: Array<Account>, problem: ProblemView | null, };
