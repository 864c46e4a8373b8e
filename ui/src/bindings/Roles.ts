// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Account } from "./Account";
import type { Button } from "./Button";
import type { Missing } from "./Missing";
import type { ProblemView } from "./ProblemView";

export type Roles = { team: string, name: string, looking: boolean,
/**
 * How many accounts were looked through, of how many; 0 of 0 while they are not known.
 */
tried: number, of: number, adding: boolean,
/**
 * Goes back with what was chosen.
 */
found: number, accounts: Array<Account>,
/**
 * What did not come, by reason.
 */
missing: Array<Missing>,
/**
 * Instead of everything else.
 */
problem: ProblemView | null, stop: Button,
/**
 * Asks for what is missing.
 */
look_on: Button,
/**
 * Asks the server anew.
 */
again: Button, };
