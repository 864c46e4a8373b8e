// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Other } from "./Other";
import type { Theme } from "./Theme";

/**
 * What a click in the window means. Like [`Action`] it holds no text that a person or a server wrote; the
 * page makes none itself, it hands back those of its view.
 */
export type Click = { "click": "act", action: { action: string; [key: string]: unknown }, } | { "click": "other", team: string, login: number, other: Other, } | { "click": "pin", team: string, pinned: boolean, } | { "click": "remove", team: string, } | { "click": "undo-remove" } | { "click": "remove-profile", team: string, profile: string, } | { "click": "find-roles", team: string, } | { "click": "look-on", team: string, } | { "click": "stop-looking", team: string, } | { "click": "find-teams" } | { "click": "set-prefs", prefs: Record<string, unknown>, } | { "click": "set-shell", shell: string, } | { "click": "set-theme", theme: Theme, } | { "click": "start-at-login", on: boolean, } | { "click": "try-demo" } | { "click": "leave-demo" };
