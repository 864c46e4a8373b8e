// Written by crates/core/src/face/window/tests/bindings.rs.
import type { ImportKind } from "./ImportKind";

export type ImportRow = { key: number,
/**
 * The name it was found with; a person may choose another one.
 */
name: string,
/**
 * Such as `SimpleIOT · ~/.simpleiot/acme/config.json`.
 */
from: string,
/**
 * Such as `Amazon Cognito user pool · eu-west-1 · 5 profiles`.
 */
about: string,
/**
 * Empty when it can be imported.
 */
why_not: string, kind: ImportKind, };
