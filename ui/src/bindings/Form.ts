// Written by crates/core/src/face/window/tests/bindings.rs.
import type { FormOf } from "./FormOf";
import type { ProviderForm } from "./ProviderForm";
import type { Trouble } from "./Trouble";

export type Form = { of: FormOf,
/**
 * `None` for a new team.
 */
team: string | null, name: string, name_hint: string,
/**
 * The one that is chosen at first; a team that exists keeps its own.
 */
provider: string, providers: Array<ProviderForm>, saving: boolean, trouble: Trouble | null, submit: string, };
