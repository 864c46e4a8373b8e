// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { Qr } from "./Qr";

export type PageToOpen = {
/**
 * Where it is, such as `example.awsapps.com`.
 */
host: string, url: string, opened: string, open: Button, qr: Qr | null, qr_alt: string, };
