// Written by crates/core/src/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { FactorChoice } from "./FactorChoice";
import type { ProblemView } from "./ProblemView";
import type { Qr } from "./Qr";

export type LoginStep = { "step": "busy", text: string, } | { "step": "code", code: string,
/**
 * Letter by letter, for screen readers.
 */
spoken: string,
/**
 * Where the page is, such as `example.awsapps.com`.
 */
host: string, url: string, opened: string, qr: Qr | null, qr_alt: string,
/**
 * In milliseconds since 1970.
 */
ends: number,
/**
 * How many seconds the code was good for at the start, for the bar.
 */
lasts: number, caution: string, open: Button, copy: Button, again: Button, } | { "step": "password", username: string, wrong: string | null, } | { "step": "approve", text: string, host: string, endpoint: string, } | { "step": "one-time", label: string, hint: string, wrong: string | null, numeric: boolean, } | { "step": "new-password", username: string, rules: string | null, } | { "step": "factor", factors: Array<FactorChoice>, } | { "step": "failed", problem: ProblemView, };
