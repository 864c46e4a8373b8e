// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";

/**
 * A code to compare with the one on the provider's page (RFC 8628 §3.3).
 */
export type CodeToCompare = { code: string,
/**
 * Letter by letter, for screen readers.
 */
spoken: string, caution: string, copy: Button, };
