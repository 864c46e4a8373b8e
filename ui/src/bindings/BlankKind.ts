// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * What a field takes, and with it how it is typed, checked and filled in by password managers.
 */
export type BlankKind = "text" | "username" | "secret" | "new-secret" | "code" | "email" | "phone";
