// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Banner } from "./Banner";
import type { Button } from "./Button";
import type { Nav } from "./Nav";
import type { Said } from "./Said";
import type { Screen } from "./Screen";
import type { Theme } from "./Theme";
import type { Tile } from "./Tile";

/**
 * All that the window shows. Two that are equal need not be sent twice.
 */
export type View = {
/**
 * Where the window is; the page moves the focus when it changes.
 */
page: { page: string; team?: string },
/**
 * The heading of the page, and the title of the window.
 */
title: string,
/**
 * The mark of the team that the page is about.
 */
tile: Tile | null, back: Button | null, nav: Array<Nav>, banners: Array<Banner>, screen: Screen,
/**
 * What was just done; shown for a while and announced.
 */
said: Said | null, theme: Theme,
/**
 * The embedded cloud stands in for the real one.
 */
demo: Button | null, };
