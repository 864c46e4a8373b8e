// Written by crates/core/src/window/tests/bindings.rs.
import type { Theme } from "./Theme";

/**
 * What a click in the window means. Like [`Action`] it holds no text that a person or a server wrote; the
 * page makes none itself, it hands back those of its view.
 */
export type Click = { "click": "act", action: { action: string; [key: string]: unknown }, } | { "click": "start-again", team: string, } | { "click": "pin", team: string, pinned: boolean, } | { "click": "remove", team: string, } | { "click": "undo-remove" } | { "click": "remove-profile", team: string, profile: string, } | { "click": "find-roles", team: string, } | { "click": "find-teams" } | { "click": "set-prefs", prefs: Record<string, unknown>, } | { "click": "set-shell", shell: string, } | { "click": "set-theme", theme: Theme, } | { "click": "start-at-login", on: boolean, } | { "click": "try-demo" } | { "click": "leave-demo" };
