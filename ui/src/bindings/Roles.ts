// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Account } from "./Account";
import type { Button } from "./Button";
import type { ProblemView } from "./ProblemView";

export type Roles = { team: string, name: string, looking: boolean, adding: boolean,
/**
 * Goes back with what was chosen.
 */
found: number, accounts: Array<Account>, problem: ProblemView | null,
/**
 * Asks the server anew.
 */
again: Button, };
