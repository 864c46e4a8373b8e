// Written by crates/core/src/window/tests/bindings.rs.
export type CodeKind = "authenticator" | "sms" | "email";
