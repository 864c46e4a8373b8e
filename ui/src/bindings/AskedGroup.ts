// Written by crates/core/src/face/window/tests/bindings.rs.
import type { AskedChoice } from "./AskedChoice";

/**
 * Choices that belong together.
 */
export type AskedGroup = {
/**
 * Empty where nothing is grouped.
 */
name: string, choices: Array<AskedChoice>, };
