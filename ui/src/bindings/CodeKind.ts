// Written by crates/core/src/window/bindings.rs.
export type CodeKind = "authenticator" | "sms" | "email";
