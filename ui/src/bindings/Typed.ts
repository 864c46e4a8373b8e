// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Chosen } from "./Chosen";
import type { LoginAnswer } from "./LoginAnswer";
import type { TeamForm } from "./TeamForm";

/**
 * What a person typed or ticked. It can hold secrets: it goes up the pipe only, and nothing prints it.
 */
export type Typed = { "typed": "login", team: string, login: number, answer: LoginAnswer, } | { "typed": "team", form: TeamForm, } | { "typed": "profile", form: TeamForm, } | { "typed": "import", found: number, chosen: Array<Chosen>, } | { "typed": "profiles", team: string, found: number, keys: Array<number>, };
