// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { CodeToCompare } from "./CodeToCompare";
import type { PageToOpen } from "./PageToOpen";

export type Waiting = {
/**
 * Such as `Step 2 of 2, as ann`; may be empty.
 */
place: string,
/**
 * What there is to know beside it; may be empty.
 */
note: string, page: PageToOpen | null, code: CodeToCompare | null,
/**
 * In milliseconds since 1970.
 */
ends: number,
/**
 * How many seconds there were at the start, for the bar.
 */
lasts: number,
/**
 * Other ways on.
 */
others: Array<Button>, };
