// Written by crates/core/src/face/window/tests/bindings.rs.
import type { AskedField } from "./AskedField";
import type { AskedGroup } from "./AskedGroup";
import type { AskedTick } from "./AskedTick";

export type AskedBody = { "shape": "fill-in", fields: Array<AskedField>, ticks: Array<AskedTick>, } | { "shape": "choose", groups: Array<AskedGroup>, chosen: string, search: string, } | { "shape": "confirm", refuse: string, };
