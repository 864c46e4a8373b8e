// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A team, or a profile of one, as a person filled it in. Empty fields are left out.
 */
export type TeamForm = {
/**
 * `None` for a new one.
 */
team: string | null, name: string, provider: string, settings: Record<string, string>,
/**
 * The fields that are secret. One that was left empty stays as it is kept.
 */
secrets: Record<string, string>, };
